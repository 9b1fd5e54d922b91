import type { Row } from '../model/table.js';
import type { Relation } from './ir.js';

/** What has to be asked of the rows before a query has columns, such as the names in a bag. */
export interface Question {
  readonly asks: Relation;
  /** The offset behind the call that the answer belongs to. */
  readonly at: number;
  /** The answer as a schema of KQL: `(a: long, b: string)`. */
  readonly toSchema: (rows: readonly Row[]) => string;
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
