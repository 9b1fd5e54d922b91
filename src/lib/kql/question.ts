import type { Row } from '../model/table.js';
import type { Edit } from './edit-text.js';
import type { Relation } from './ir.js';

/** What has to be asked of the rows before a query has columns, such as the names in a bag. */
export interface Question {
  readonly asks: Relation;
  /** The answer as changes to the KQL, which say what columns there are. */
  readonly toEdits: (rows: readonly Row[]) => readonly Edit[];
}

/** Stops binding where a question has to be answered first. */
export class Unanswered extends Error {
  override readonly name = 'Unanswered';
  readonly question: Question;

  constructor(question: Question) {
    super('The columns depend on the rows.');
    this.question = question;
  }
}
