import { spawn } from 'node:child_process';
import { BlobServiceClient } from '@azure/storage-blob';
const account='sampleml0storage', key=Buffer.alloc(64,7).toString('base64'), port=10871;
const az=spawn(process.execPath,['node_modules/azurite/dist/src/blob/main.js','--silent','--skipApiVersionCheck','--disableTelemetry','--inMemoryPersistence','--blobPort',String(port)],{env:{AZURITE_ACCOUNTS:`${account}:${key}`},stdio:['ignore','pipe','inherit']});
await new Promise(r=>az.stdout.on('data',t=>String(t).includes('successfully listens')&&r()));
const cs=`DefaultEndpointsProtocol=http;AccountName=${account};AccountKey=${key};BlobEndpoint=http://127.0.0.1:${port}/${account};`;
const c=BlobServiceClient.fromConnectionString(cs);
const guid=process.argv[2];
const cc=c.getContainerClient(`azureml-blobstore-${guid}`); await cc.createIfNotExists();
const names=[];
for(let d=0;d<209;d++){const day=new Date(Date.UTC(2026,3,1)+d*864e5).toISOString().slice(0,10).replaceAll('-','/');for(let h=0;h<24;h++)for(let i=0;i<4;i++)names.push(`modelDataCollector/fraud/blue/model_inputs/${day}/${String(h).padStart(2,'0')}/i${i}.jsonl`)}
let t=Date.now();
await Promise.all(Array.from({length:32},async()=>{for(let n=names.pop();n;n=names.pop())await cc.getBlockBlobClient(n).upload('{"data":[{"a":1}]}\n',19)}));
console.log('filled',Date.now()-t,'ms'); 
import {writeFileSync} from 'node:fs'; writeFileSync('/tmp/blobbench/cs',cs); writeFileSync('/tmp/blobbench/pid',String(az.pid));
process.on('SIGTERM',()=>{az.kill('SIGKILL');process.exit()});
