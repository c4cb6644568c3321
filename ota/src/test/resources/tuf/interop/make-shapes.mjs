// Makes the folders tuftool and tuf-on-ci beside it, see README.md. No library: these are the files that those two write,
// down to the order of fields, as the ones they published look. Keys are new each time and thrown away.
import crypto from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'

const here = path.dirname(new URL(import.meta.url).pathname)
const expires = '2126-01-01T00:00:00Z'

function canonical(value) {
  if (Array.isArray(value)) return '[' + value.map(canonical).join(',') + ']'
  if (value && typeof value === 'object') {
    return '{' + Object.keys(value).sort().map((key) => canonical(key) + ':' + canonical(value[key])).join(',') + '}'
  }
  return typeof value === 'string' ? '"' + value.replace(/\\/g, '\\\\').replace(/"/g, '\\"') + '"' : String(value)
}

function hash(algorithm, data) {
  return crypto.createHash(algorithm).update(data).digest('hex')
}

/** form: rsa, ecdsa (PEM), hex (the point, and the type named like the scheme). */
function newKey(form, { newline = true, more = {} } = {}) {
  const rsa = form === 'rsa'
  const pair = rsa
    ? crypto.generateKeyPairSync('rsa', { modulusLength: 2048 })
    : crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const scheme = rsa ? 'rsassa-pss-sha256' : 'ecdsa-sha2-nistp256'
  const pem = pair.publicKey.export({ format: 'pem', type: 'spki' })
  const point = pair.publicKey.export({ format: 'der', type: 'spki' }).subarray(-65).toString('hex')
  const value = {
    keytype: form === 'hex' ? scheme : form,
    keyval: { public: form === 'hex' ? point : newline ? pem : pem.trimEnd() },
    scheme,
    ...more,
  }
  const id = hash('sha256', canonical(value))
  const options = { key: pair.privateKey, padding: crypto.constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }
  const sign = (data) => crypto.sign('sha256', data, rsa ? options : pair.privateKey).toString('hex')
  return { id, value, sign }
}

class Tree {
  constructor(name, indent, signedFirst) {
    this.folder = path.join(here, name)
    this.indent = indent
    this.signedFirst = signedFirst
    fs.rmSync(this.folder, { recursive: true, force: true })
  }

  write(name, data) {
    const file = path.join(this.folder, name)
    fs.mkdirSync(path.dirname(file), { recursive: true })
    fs.writeFileSync(file, data)
  }

  /** Publishes a file; others are signatures that do not count. */
  publish(name, signed, signers, others = []) {
    const message = Buffer.from(canonical(signed))
    const signatures = [...others, ...signers.map((each) => ({ keyid: each.id, sig: each.sign(message) }))]
    const file = this.signedFirst ? { signed, signatures } : { signatures, signed }
    const data = Buffer.from(JSON.stringify(file, null, this.indent))
    this.write('metadata/' + name, data)
    return { length: data.length, hashes: { sha256: hash('sha256', data) }, version: signed.version }
  }
}

const byId = (keys) => Object.fromEntries(keys.map((each) => [each.id, each.value]))
const role = (keys, threshold, more = {}) => ({ keyids: keys.map((each) => each.id), threshold, ...more })

function tuftool() {
  const tree = new Tree('tuftool', 2, true)
  const rest = { spec_version: '1.0.0', version: 1, expires: '2126-01-01T00:00:00.229228123Z' }
  const [one, two, online] = [newKey('rsa'), newKey('rsa', { newline: false }), newKey('rsa')]
  const team = newKey('ecdsa')
  tree.publish('1.root.json', {
    _type: 'root', spec_version: '1.0.0', consistent_snapshot: true, version: 1, expires: rest.expires,
    keys: byId([one, two, online]),
    roles: { root: role([one, two], 2), snapshot: role([online], 1), targets: role([one, two], 1), timestamp: role([online], 1) },
  }, [two, one], [{ keyid: '4d6464f48c11e74cf1b87e3da3bac1ce884e003cedc83e054d0f5371769d3028', sig: '00'.repeat(256) }])
  // The hash stands before the whole name, not before its last part; a role's slash is part of its file's name.
  const target = (name) => {
    const content = Buffer.from(`content of ${name}\n`)
    tree.write(`targets/${hash('sha256', content)}.${name}`, content)
    return { length: content.length, hashes: { sha256: hash('sha256', content) } }
  }
  const listed = {
    _type: 'targets', ...rest, targets: { 'releases/fraud/1.txt': target('releases/fraud/1.txt') },
    delegations: { keys: {}, roles: [] },
  }
  const targets = {
    _type: 'targets', ...rest, targets: { 'top.txt': target('top.txt') },
    delegations: {
      keys: byId([team]),
      roles: [{ name: '../teams/fraud', ...role([team], 1), paths: ['releases/fraud/*'], terminating: false }],
    },
  }
  const meta = { 'targets.json': tree.publish('1.targets.json', targets, [one]) }
  meta['../teams/fraud.json'] = tree.publish('1...%2Fteams%2Ffraud.json', listed, [team])
  const snapshot = tree.publish('1.snapshot.json', { _type: 'snapshot', ...rest, meta }, [online])
  tree.publish('timestamp.json', { _type: 'timestamp', ...rest, meta: { 'snapshot.json': snapshot } }, [online])
}

function tufOnCi() {
  const tree = new Tree('tuf-on-ci', 1, false)
  const period = { 'x-tuf-on-ci-expiry-period': 21, 'x-tuf-on-ci-signing-period': 7 }
  const old = [1, 2].map(() => newKey('hex', { more: { keyid_hash_algorithms: ['sha256', 'sha512'] } }))
  const people = ['@anna', '@ben', '@carla'].map((owner) => newKey('ecdsa', { more: { 'x-tuf-on-ci-keyowner': owner } }))
  const online = newKey('ecdsa', { more: { 'x-tuf-on-ci-online-uri': 'azurekms://example/keys/online/1' } })
  const person = { keytype: 'sigstore-oidc', keyval: { identity: 'a@example.com', issuer: 'https://example.com' }, scheme: 'Fulcio' }
  const roles = (root) => ({
    root, snapshot: role([online], 1, period), targets: { ...role(people, 2), keyids: [...people.map((each) => each.id), 'f'.repeat(64)] },
    timestamp: role([online], 1, period),
  })
  const keys = byId([...people, online])
  keys['f'.repeat(64)] = person
  // The first root is of the tool before: an instant with an offset, keys in hex.
  tree.publish('1.root.json', {
    _type: 'root', consistent_snapshot: true, expires: '2025-12-18T13:28:12.99008-06:00',
    keys: { ...keys, ...byId(old) }, roles: roles(role(old, 2)), spec_version: '1.0', version: 1,
  }, old)
  tree.publish('2.root.json', {
    _type: 'root', consistent_snapshot: true, expires, keys, roles: roles(role(people, 2)), spec_version: '1.0.31', version: 2, ...period,
  }, [...old, people[1], people[2]], [{ keyid: people[0].id, sig: '' }])
  const target = (name) => {
    const content = Buffer.from(`content of ${name}\n`)
    const at = name.lastIndexOf('/') + 1
    tree.write(`targets/${name.slice(0, at)}${hash('sha256', content)}.${name.slice(at)}`, content)
    tree.write(`targets/${name.slice(0, at)}${hash('sha512', content)}.${name.slice(at)}`, content)
    return { custom: { usage: 'test' }, hashes: { sha512: hash('sha512', content), sha256: hash('sha256', content) }, length: content.length }
  }
  const team = newKey('ecdsa', { more: { 'x-tuf-on-ci-keyowner': '@dora' } })
  const listed = { _type: 'targets', expires, spec_version: '1.0.31', targets: { 'team/one.txt': target('team/one.txt') }, version: 7, ...period }
  const targets = {
    _type: 'targets',
    delegations: { keys: byId([team]), roles: [{ name: 'team', ...role([team], 1), paths: ['team/*'], terminating: true, ...period }] },
    expires, spec_version: '1.0.31', targets: { 'top.txt': target('top.txt') }, version: 12, ...period,
  }
  tree.publish('12.targets.json', targets, people.slice(1), [{ keyid: people[0].id, sig: '' }, { keyid: 'f'.repeat(64), sig: 'ey' }])
  tree.publish('7.team.json', listed, [team])
  const meta = { 'targets.json': { version: 12 }, 'team.json': { version: 7 } }
  tree.publish('166.snapshot.json', { _type: 'snapshot', expires, meta, spec_version: '1.0.31', version: 166 }, [online])
  tree.publish('timestamp.json', { _type: 'timestamp', expires, meta: { 'snapshot.json': { version: 166 } }, spec_version: '1.0.31', version: 417 }, [online])
}

tuftool()
tufOnCi()
