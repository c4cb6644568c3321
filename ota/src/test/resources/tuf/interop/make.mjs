// Makes the folder tuf-js beside it with @tufjs/models, see README.md. Keys are new each time and thrown away.
import crypto from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { createRequire } from 'node:module'

const { Metadata, Root, Timestamp, Snapshot, Targets, TargetFile, MetaFile, Key, Signature } =
  createRequire(path.join(process.cwd(), 'x'))('@tufjs/models')
const folder = path.join(path.dirname(new URL(import.meta.url).pathname), 'tuf-js')
const expires = '2126-01-01T00:00:00Z'
const specVersion = '1.0.34'
fs.rmSync(folder, { recursive: true, force: true })

function write(name, data) {
  const file = path.join(folder, name)
  fs.mkdirSync(path.dirname(file), { recursive: true })
  fs.writeFileSync(file, data)
}

function newKey(type) {
  const options = type === 'ecdsa' ? { namedCurve: 'P-256' } : {}
  const pair = crypto.generateKeyPairSync(type === 'ecdsa' ? 'ec' : 'ed25519', options)
  const pem = pair.publicKey.export({ format: 'pem', type: 'spki' })
  const raw = pair.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('hex')
  const scheme = type === 'ecdsa' ? 'ecdsa-sha2-nistp256' : 'ed25519'
  const value = { keytype: type, scheme, keyval: { public: type === 'ecdsa' ? pem : raw } }
  const keyID = crypto.createHash('sha256').update(JSON.stringify(value)).digest('hex')
  const key = new Key({ keyID, keyType: type, scheme, keyVal: value.keyval })
  const sign = (data) => new Signature({ keyID, sig: crypto.sign(type === 'ecdsa' ? 'sha256' : undefined, data, pair.privateKey).toString('hex') })
  return { key, sign }
}

function publish(name, signed, ...signers) {
  const metadata = new Metadata(signed)
  signers.forEach((each) => metadata.sign(each.sign, true))
  const data = Buffer.from(JSON.stringify(metadata.toJSON()))
  write(path.join('metadata', name), data)
  return new MetaFile({ version: signed.version, length: data.length, hashes: { sha256: hash('sha256', data) } })
}

function hash(algorithm, data) {
  return crypto.createHash(algorithm).update(data).digest('hex')
}

const root = new Root({ version: 1, specVersion, expires, consistentSnapshot: true, unrecognizedFields: { 'x-ä"\\': [{ z: 0, a: -1 }] } })
const [one, two, online, team] = [newKey('ed25519'), newKey('ecdsa'), newKey('ecdsa'), newKey('ed25519')]
root.addKey(one.key, 'root')
root.addKey(two.key, 'targets')
root.addKey(online.key, 'timestamp')
root.addKey(online.key, 'snapshot')
publish('1.root.json', root, one)

const content = Buffer.from('content of team/one.txt\n')
const target = new TargetFile({ length: content.length, path: 'team/one.txt', hashes: { sha256: hash('sha256', content) }, unrecognizedFields: { custom: { kind: 'text' } } })
write(`targets/team/${hash('sha256', content)}.one.txt`, content)
const listed = new Targets({ version: 1, specVersion, expires, targets: { 'team/one.txt': target } })
const block = {
  keys: { [team.key.keyID]: team.key.toJSON() },
  roles: [{ name: 'team', keyids: [team.key.keyID], threshold: 1, terminating: true, path_hash_prefixes: [...'0123456789abcdef'] }],
}
const targets = Targets.fromJSON({
  _type: 'targets', version: 1, spec_version: specVersion, expires, targets: {}, delegations: block,
})
const meta = { 'team.json': publish('1.team.json', listed, team), 'targets.json': publish('1.targets.json', targets, two) }
const snapshot = publish('1.snapshot.json', new Snapshot({ version: 1, specVersion, expires, meta }), online)
publish('timestamp.json', new Timestamp({ version: 1, specVersion, expires, snapshotMeta: snapshot }), online)
