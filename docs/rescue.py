#!/usr/bin/env python3
"""Reads a notion-kloset store without notion-kloset, by what docs/format.md says.

usage: rescue.py [--keyfile FILE] [--no-index] STORE list
       rescue.py [--keyfile FILE] [--no-index] STORE ls SNAPSHOT
       rescue.py [--keyfile FILE] [--no-index] STORE restore SNAPSHOT FOLDER

FILE is a key file or a typed recovery kit; without it NOTION_KLOSET_PASSPHRASE opens the store. SNAPSHOT is the
beginning of an id, or `latest`. With --no-index blobs are found by the packfiles alone. It needs Python 3.8 or newer
and PyNaCl (Debian: apt-get install python3-nacl), and writes nothing into the store.

What is damaged is named on stderr, everything else is still read, and the exit code is 65 then. Others: 64 usage, 66 not
found, 69 unreadable storage, 77 no key, 78 another version. The script knows nothing of what other machines remember
of the store (Identity and trust): an older copy of a store looks good to it. Titles in [brackets] are format.md's.
"""
import base64, hashlib, hmac, json, os, re, struct, sys, unicodedata, zlib
from datetime import datetime, timedelta

try:
    from nacl.bindings import crypto_aead_xchacha20poly1305_ietf_decrypt as aead_open
    from nacl.bindings import crypto_pwhash_ALG_ARGON2ID13 as argon2id_13, crypto_pwhash_alg as argon2
    from nacl.exceptions import BadSignatureError, CryptoError
    from nacl.signing import VerifyKey
except ImportError:
    sys.exit('rescue: PyNaCl is missing. Install it: apt-get install python3-nacl, or pip install pynacl')

MIB = 1 << 20
DOCUMENT, MEDIA, TREE = 1, 2, 3
KEYS = 'blob id', 'data', 'index', 'snapshot', 'config', 'slots'
ALGORITHMS = {'blobId': 'HMAC-SHA-256', 'chunking': 'FastCDC', 'keyDerivation': 'HKDF-SHA-256',
              'seal': 'XChaCha20-Poly1305', 'signature': 'Ed25519'}
COMPRESSIONS = 'deflate', 'spelled deflate'
CONFIG = set('magic version storeId created algorithms chunkSizes signers mac'.split())
SLOT = set('magic version id storeId kind label created salt wrapped mac'.split())
ROSTER = set('magic version storeId generation slots mac'.split())
SIGNED = {'CONFIG': ('config signature', {'signature', 'revocations'}), 'keys/roster': ('key roster signature', {'signature'})}
HEADERS = {'removal': set('format kind time host tool parents signer removed'.split()),
           'mark': set('format kind time host tool parents signer snapshot addTags removeTags pin acknowledged note'.split()),
           'snapshot': set('format kind time durationMs source name description tags host tool complete errors counts '
                           'contentBytes addedBytes manifest root parents signer'.split())}


class Failure(Exception):
    """One line for people and an exit code; 65 is damage."""
    def __init__(self, message, code=65):
        super().__init__(message)
        self.code = code


#: What reading something that is damaged, or that a stranger wrote, can end in.
DAMAGE = Failure, OSError, CryptoError, zlib.error, AttributeError, KeyError, TypeError, ValueError, RecursionError


def reason(error):
    return error if isinstance(error, (Failure, OSError)) else f'something is not what format.md says it is: {error!r}'


def must(holds, message, code=65):
    if not holds:
        raise Failure(message, code)


def say(*words, to=None):
    """One line, of which no text from the store can make two."""
    print(*(re.sub('[\0-\x1f\x7f-\x9f]', '', str(word)) for word in words), sep='  ', file=to or sys.stdout, flush=True)


# ---- The pieces everything is made of ----------------------------------------------------------------------------

def read_file(path, limit):
    must(os.path.getsize(path) <= limit, f'{path} is larger than {limit} bytes')
    with open(path, 'rb') as file:
        return file.read()


def names_in(folder, form):
    """The objects in a folder, which may be missing when it has none. Other names are unfinished files."""
    return sorted(filter(re.compile(form).fullmatch, os.listdir(folder))) if os.path.isdir(folder) else []


def utf16(text):
    return text.encode('utf-16-be', 'surrogatepass')


def canonical(value):
    """[CONFIG] Canonical JSON, RFC 8785 with whole numbers only."""
    def ordered(value):
        if isinstance(value, dict):
            return {key: ordered(value[key]) for key in sorted(value, key=utf16)}
        if isinstance(value, list):
            return [ordered(each) for each in value]
        must(value is None or isinstance(value, str) or isinstance(value, int) and abs(value) < 1 << 53, 'not whole')
        return value
    text = json.dumps(ordered(value), ensure_ascii=False, separators=(',', ':'))
    return re.sub('[\ud800-\udfff]', lambda lone: f'\\u{ord(lone[0]):04x}', text).encode()


def parse(line, what):
    """The object that `line` spells in the one way there is."""
    try:
        value = json.loads(line)
        must(isinstance(value, dict) and canonical(value) == line, 'another spelling')
        return value
    except (Failure, ValueError, RecursionError):
        raise Failure(f'{what} is not canonical JSON') from None


def read_clear(path, magic, newest=1):
    """[CONFIG] A line of JSON and its digest, which tells damage from a newer version."""
    line, _, digest = read_file(path, MIB).partition(b'\n')
    must(digest == hashlib.sha256(line).hexdigest().encode() + b'\n', f'{path} is damaged: its digest does not hold')
    value = parse(line, path)
    must(value.get('magic') == magic, f'{path} is no {magic}')
    must(value.get('version') in range(1, newest + 1), f'{path} has version {value.get("version")}, not 1 to {newest}', 78)
    return value


def members_of(value, name, members):
    """[CONFIG] The members that `name` has in its version; the signature of version 2 must hold."""
    kind, more = SIGNED[name]
    if value['version'] == 1:
        return members
    by, signature = unhex(value['signature']['by'], 32), unhex(value['signature']['signature'], 64)
    domain = f'notion-kloset v1 {kind}\0{value["storeId"]}\0'.encode()
    try:
        VerifyKey(by).verify(domain + without(value, 'mac', 'signature'), signature)
    except BadSignatureError:
        raise Failure(f'a stranger changed {name}: its signature does not hold') from None
    return members | more


def unhex(text, size):
    must(isinstance(text, str) and re.fullmatch('[0-9a-f]{%d}' % (2 * size), text), f'no {size} bytes of hex where they should be')
    return bytes.fromhex(text)


def mac(key, data):
    return hmac.new(key, data, 'sha256').digest()


def without(value, *members):
    return canonical({key: each for key, each in value.items() if key not in members})


def check_mac(key, value):
    must(mac(key, without(value, 'mac')).hex() == value['mac'], f'a stranger changed the {value["magic"]}: a wrong MAC')


def hkdf(key, salt, info):
    """[Keys] RFC 5869; 32 bytes are its first block. No salt is 32 zeros."""
    return mac(mac(salt or bytes(32), key), info.encode() + b'\1')


def unseal(key, aad, sealed):
    """[Keys] nonce (24), ciphertext, tag (16)."""
    try:
        must(len(sealed) >= 40, 'it is cut short')
        return aead_open(sealed[24:], aad, sealed[:24], key)
    except CryptoError:
        raise Failure('damaged: a seal does not hold') from None


# ---- What opens a store ------------------------------------------------------------------------------------------

def read_secret(keyfile):
    """[Key slots] The kind of slot and the bytes that open it."""
    if keyfile is None:
        passphrase = os.environ.get('NOTION_KLOSET_PASSPHRASE')
        must(passphrase, 'set NOTION_KLOSET_PASSPHRASE or give --keyfile', 77)
        return 'passphrase', unicodedata.normalize('NFC', passphrase).encode()
    must(os.path.isfile(keyfile), f'there is no key file {keyfile}', 77)
    text = read_file(keyfile, MIB).decode('utf-8-sig', 'replace')
    found = re.fullmatch(r'NOTION-KLOSET-KEY-1 ([0-9a-f]{64})\s*', text)
    if found:
        return 'key-file', bytes.fromhex(found[1])
    signs = re.sub(r'[\s.,_-]', '', text).upper().translate(str.maketrans('ILO', '110'))
    must(re.fullmatch('[0-9A-HJKMNP-TV-Z]{56}', signs), f'{keyfile} is neither a key file nor a recovery kit', 77)
    digits = str.maketrans('ABCDEFGHJKMNPQRSTVWXYZ', 'ABCDEFGHIJKLMNOPQRSTUV')  # from Crockford's base32 to Python's
    kit = int(signs.translate(digits), 32).to_bytes(35, 'big')
    must(hashlib.sha256(kit[:32]).digest()[:3] == kit[32:], f'{keyfile}: a sign of the recovery kit is mistyped', 77)
    return 'recovery-kit', kit[:32]


def wrapping_key(slot, secret):
    """[Key slots] From a secret to the key that wraps the master key. The cost may be an attacker's."""
    if slot['kind'] != 'passphrase':
        return hkdf(secret, unhex(slot['salt'], 32), f'notion-kloset v1 slot {slot["kind"]}')
    cost, salt = slot['cost'], unhex(slot['salt'], 16)
    must(set(cost) == {'memoryKiB', 'iterations', 'parallelism'} and all(type(each) is int for each in cost.values()),
         'its cost is not three numbers')
    kib, passes = cost['memoryKiB'], cost['iterations']
    must(19 * 1024 <= kib <= 128 * 1024 and 2 <= passes <= 16 and kib * passes <= MIB and cost['parallelism'] == 1,
         'it asks for a cost that no honest slot has')
    return argon2(32, secret, salt, passes, kib * 1024, argon2id_13)


class Store:
    def __init__(self, folder, keyfile, use_index):
        self.folder, self.use_index, self.places, self.is_damaged = folder, use_index, None, False
        must(os.path.isfile(self.path('CONFIG')), f'there is no store at {folder}', 66)
        config = read_clear(self.path('CONFIG'), 'notion-kloset store', newest=2)
        known = [{**ALGORITHMS, 'compression': each} for each in COMPRESSIONS]
        must(config.get('algorithms') in known, 'CONFIG names algorithms that version 1 does not have', 78)
        must(set(config) - {'objectLockDays'} == members_of(config, 'CONFIG', CONFIG), 'CONFIG has unknown or missing members')
        self.id = unhex(config['storeId'], 16).hex()
        self.signers = {signer['publicKey'] for signer in config['signers']}
        self.revoked = self.read_revocations(config.get('revocations', []))
        self.unlock(*read_secret(keyfile))
        check_mac(self.keys['config'], config)
        self.check_signer(config, 'CONFIG')

    def read_revocations(self, statements):
        """[Identity and trust] Of each revoked key, the headers up to which it counts; the first statement wins."""
        revoked = {}
        for each in statements:
            must(set(each) == {'key', 'after', 'by', 'signature'}, 'a revocation has unknown or missing members')
            message = self.domain('revocation') + canonical({'key': each['key'], 'after': each['after']})
            try:
                VerifyKey(unhex(each['by'], 32)).verify(message, unhex(each['signature'], 64))
            except BadSignatureError:
                continue
            if each['by'] in self.signers and each['by'] not in revoked:
                revoked.setdefault(each['key'], []).append(each['after'])
        return revoked

    def check_signer(self, value, name):
        by = value.get('signature', {}).get('by')
        must(by is None or by in self.signers and by not in self.revoked, f'{name} is signed by a key that does not count')

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def domain(self, kind):
        return f'notion-kloset v1 {kind}\0{self.id}\0'.encode()

    def report(self, where, error):
        """Says what is damaged where the rest can be read in spite of it."""
        self.is_damaged = True
        say(f'rescue: {where}: {reason(error)}', to=sys.stderr)

    def unlock(self, kind, secret):
        """[Key slots] Tries the slots that the roster names; without a good roster all, for nothing is written here."""
        try:
            roster = read_clear(self.path('keys/roster'), 'notion-kloset key roster', newest=2)
            must(set(roster) == members_of(roster, 'keys/roster', ROSTER) and roster['storeId'] == self.id, 'it is of another store')
            self.check_signer(roster, 'keys/roster')
            names = [unhex(each, 16).hex() for each in roster['slots']]
        except DAMAGE as error:
            self.report('keys/roster', error)
            roster, names = None, names_in(self.path('keys'), '[0-9a-f]{32}')
        for name in names:
            try:
                if self.open_slot(name, kind, secret):
                    return roster and check_mac(self.keys['slots'], roster)
            except DAMAGE as error:
                self.report(f'keys/{name} or the roster', error)
        raise Failure(f'no key slot opens with this {kind}', 65 if self.is_damaged else 77)

    def open_slot(self, name, kind, secret):
        slot = read_clear(self.path('keys', name), 'notion-kloset key slot')
        members = SLOT | {'cost'} if slot['kind'] == 'passphrase' else SLOT
        must(set(slot) == members, 'it has unknown or missing members')
        must(slot['id'] == name and slot['storeId'] == self.id, 'it is of another store')
        if slot['kind'] != kind:
            return False
        sealed, key = unhex(slot['wrapped'], 72), wrapping_key(slot, secret)
        try:
            master = aead_open(sealed[24:], without(slot, 'wrapped', 'mac'), sealed[:24], key)
        except CryptoError:
            return False  # another passphrase or key
        self.keys = {name: hkdf(master, b'', f'notion-kloset v1 {name}') for name in KEYS}
        check_mac(self.keys['slots'], slot)
        return True

    # ---- Where blobs lie -----------------------------------------------------------------------------------------

    def load_index(self):
        folders = [self.path('packs', each) for each in names_in(self.path('packs'), '[0-9a-f]{2}')]
        self.places = {}
        for folder in [self.path('index')] if self.use_index else folders:
            for name in names_in(folder, '[0-9a-f]{64}'):
                path = os.path.join(folder, name)
                try:
                    data = read_file(path, 64 * MIB)
                    if hashlib.sha256(data).hexdigest() != name:
                        self.report(path, Failure('its bytes do not give its id'))  # but parts may still open
                    self.read_delta(data) if self.use_index else self.read_pack(path, data)
                except DAMAGE as error:
                    self.report(path, error)

    def read_delta(self, data):
        """[Index deltas]"""
        must(data[:8] == b'NKINDX1\n', 'it is no index delta')
        plain = unseal(self.keys['index'], self.domain('index'), data[8:])
        count, at = int.from_bytes(plain[:4], 'big'), 4
        must(count <= 4096, 'it names too many packfiles')
        for _ in range(count):
            pack, size = plain[at:at + 32].hex(), int.from_bytes(plain[at + 32:at + 36], 'big')
            at, blob_bytes = self.read_rows(plain, at + 36, self.path('packs', pack[:2], pack))
            must(blob_bytes <= size <= 64 * MIB, 'it has blobs that do not fit their packfile')
        must(not plain[at:].strip(b'\0'), 'it has padding that is not zero')

    def read_pack(self, path, data):
        """[Packfiles] From the end: magic (8), footer (48), index, blobs."""
        must(len(data) >= 56 and data[-8:] == b'NKPACK1\n', 'it is no whole packfile')
        footer = unseal(self.keys['index'], self.domain('pack footer'), data[-56:-8])
        blob_bytes, index_bytes = struct.unpack('>II', footer)
        must(blob_bytes + index_bytes + 56 == len(data), 'it has lengths that do not add up')
        plain = unseal(self.keys['index'], self.domain('pack index'), data[blob_bytes:-56])
        at, total = self.read_rows(plain, 0, path)
        must(total == blob_bytes and not plain[at:].strip(b'\0'), 'it has rows that do not fit its blobs')

    def read_rows(self, data, at, pack):
        """[Packfiles] Notes where the blobs of `pack` lie; gives the end of the rows and the bytes of all blobs."""
        count = int.from_bytes(data[at:at + 4], 'big')
        end, offset = at + 4 + 41 * count, 0
        must(count <= 65536 and end <= len(data), 'it is cut short')
        for kind, blob, sealed, plain in struct.iter_unpack('>B32sII', data[at + 4:end]):
            must(kind in (DOCUMENT, MEDIA, TREE) and 45 <= sealed <= 4 * MIB + 45 and plain <= 4 * MIB, 'impossible row')
            self.places.setdefault(blob, []).append((kind, pack, offset, sealed))
            offset += sealed
        return end, offset

    # ---- Blobs, listings, snapshots ------------------------------------------------------------------------------

    def read_blob(self, blob, kinds):
        """The plaintext of a blob; of several copies any good one."""
        if self.places is None:
            self.load_index()
        where = 'index delta; try --no-index' if self.use_index else 'packfile'
        problem = f'blob {blob.hex()} is in no {where}'
        for kind, path, offset, sealed in self.places.get(blob, []):
            try:
                must(kind in kinds, 'it has another type than its use')
                with open(path, 'rb') as file:
                    file.seek(offset)
                    return self.open_blob(blob, kind, file.read(sealed))
            except DAMAGE as error:
                problem = f'blob {blob.hex()} in {path}: {reason(error)}'
        raise Failure(problem)

    def open_blob(self, blob, kind, sealed):
        """[Blobs]"""
        payload = unseal(self.keys['data'], self.domain('blob') + bytes([kind]) + blob, sealed)
        flag, size, body = payload[0], int.from_bytes(payload[1:5], 'big'), payload[5:]
        must(flag in (0, 1, 2) and size <= 4 * MIB, 'it has an unknown form or is too long')
        if flag == 1:
            body = inflate(body, size, b'')
        elif flag == 2:
            end = 4 + int.from_bytes(body[:4], 'big')
            must(4 <= end <= len(body), 'it is cut short')
            body = unspell(inflate(body[end:], 2 * size + 2, PRESET_DICTIONARY), body[4:end], size)
        must(len(body) == size, 'it does not have the length it declares')
        must(mac(self.keys['blob id'], bytes([kind]) + body) == blob, 'it is another blob')
        return body

    def contents(self, node, kinds):
        """The bytes of a file or a listing, chunk by chunk."""
        rest = node['size']
        for blob in node['chunks']:
            chunk = self.read_blob(bytes.fromhex(blob), kinds)
            rest -= len(chunk)
            yield chunk
        must(rest == 0, 'its chunks do not have its size')

    def walk(self, root):
        """[Trees] (path, entry) of everything, each directory before what is in it, without damaged listings."""
        rest = self.listing(root, '/')[::-1]
        while rest:
            path, entry = rest.pop()
            yield path, entry
            if entry['type'] == 'directory':
                rest += self.listing(entry, path + '/')[::-1]

    def listing(self, node, where):
        try:
            must(where.count('/') <= 1001, 'it is too deep')
            *lines, rest = b''.join(self.contents(node, [TREE])).split(b'\n')
            must(rest == b'', 'its last line is cut short')
            entries = [check_entry(parse(line, 'an entry')) for line in lines]
            names = [entry['name'].encode() for entry in entries]
            must(all(one < other for one, other in zip(names, names[1:])), 'its names are out of order')
            return [(where + entry['name'], entry) for entry in entries]
        except DAMAGE as error:
            self.report(f'what is in {where} is lost', error)
            return []

    def read_header(self, name):
        """[Snapshots]"""
        data = read_file(self.path('snapshots', name), 64 * MIB)
        must(hashlib.sha256(data).hexdigest() == name, 'its bytes do not give its id')
        must(data[:8] == b'NKSNAP1\n', 'it is no snapshot header')
        plain = unseal(self.keys['snapshot'], self.domain('snapshot'), data[8:])
        end = 68 + int.from_bytes(plain[64:68], 'big')
        line = plain[68:end]
        must(end <= len(plain) and not plain[end:].strip(b'\0'), 'it has padding that is not zero')
        header = parse(line, 'it')
        must(header['format'] == 1, f'it has format {header["format"]}, not 1', 78)
        must(header['signer'] in self.signers, 'it is signed by a key that CONFIG does not name')
        VerifyKey(bytes.fromhex(header['signer'])).verify(self.domain('snapshot signature') + line, plain[:64])
        optional = {'removedParents', 'removedOrigins'} if header['kind'] == 'removal' else {'origin'}
        must(set(header) - optional == HEADERS[header['kind']], 'it has unknown or missing members')
        if 'origin' in header:
            check_origin(header)
        return header

    def snapshots(self):
        """(id, header) of all that no removal names, oldest first. Marks (tags and the like) are passed over."""
        headers, present = [], names_in(self.path('snapshots'), '[0-9a-f]{64}')
        for name in present:
            try:
                headers.append((name, self.read_header(name)))
            except DAMAGE as error:
                self.report(self.path('snapshots', name), error)
        headers = self.without_revoked(headers)
        removed = {each for _, header in headers for each in header.get('removed', [])}
        for missing in {parent for _, header in headers for parent in header['parents']} - removed.union(present):
            say(f'rescue: note: snapshot {missing}, after which another was made, is missing', to=sys.stderr)
        return [each for each in parents_first(headers) if each[1]['kind'] == 'snapshot' and each[0] not in removed]

    def without_revoked(self, headers):
        """[Identity and trust] A revoked key's header counts when every revocation of the key stands on it."""
        parents = {}
        for _, header in headers:
            if header['signer'] not in self.revoked:
                parents.update(zip(header.get('removed', []), header.get('removedParents', [])))
        parents.update((name, header['parents'] + sum(header.get('removedParents', []), [])) for name, header in headers)

        def stands_on(ids):
            found, rest = set(), list(ids)
            while rest:
                name = rest.pop()
                if name not in found:
                    found.add(name)
                    rest += parents.get(name, [])
            return found
        counted = {key: set.intersection(*map(stands_on, afters)) for key, afters in self.revoked.items()}
        kept = [(name, header) for name, header in headers if name in counted.get(header['signer'], {name})]
        for name in {name for name, _ in headers} - {name for name, _ in kept}:
            self.report(self.path('snapshots', name), Failure('it is signed by a key that was revoked'))
        return kept

    def root(self, prefix):
        """The root listing of the snapshot whose id begins so."""
        found = self.snapshots()
        if prefix != 'latest':
            found = [each for each in found if each[0].startswith(prefix)]
            must(len(found) < 2, f'{len(found)} snapshots begin with {prefix}', 64)
        must(found, f'there is no snapshot {prefix} that can be read', 65 if self.is_damaged else 66)
        return check_node(found[-1][1]['root'])


def check_origin(header):
    """[Snapshots, Resealed snapshots] The first header, as its signer signed it, says the same as this one."""
    origin = header['origin']
    must(set(origin) == {'header', 'id', 'signature', 'storeId'} and unhex(origin['id'], 32), 'its origin is none')
    line = origin['header'].encode()
    first = parse(line, 'its origin')
    domain = f'notion-kloset v1 snapshot signature\0{unhex(origin["storeId"], 16).hex()}\0'.encode()
    VerifyKey(unhex(first['signer'], 32)).verify(domain + line, unhex(origin['signature'], 64))
    must(carried_over(without(header, 'origin')) == carried_over(line), 'it says other things than its origin')


def carried_over(line):
    """What stays the same under another key."""
    header = json.loads(line)
    if 'root' in header:
        header['root'] = header['root']['size']
    return without(header, 'parents', 'signer', 'addedBytes', 'snapshot')


def parents_first(headers):
    """[Snapshots, Order] By the end of the work, each behind what it stands on, removed ones included."""
    parents = {}
    for _, header in headers:
        parents.update(zip(header.get('removed', []), header.get('removedParents', [])))
    parents.update((name, header['parents']) for name, header in headers)
    known, seen, ordered = dict(headers), set(), []
    now_ms = round(datetime.now().timestamp() * 1000)
    ends = {name: (min(end_ms(header), now_ms), name) for name, header in headers}
    rest = sorted(known, key=lambda name: ends[name], reverse=True)
    while rest:
        name = rest[-1]
        waits_for = [each for each in parents[name] if each in parents and each not in seen] if name not in seen else []
        seen.add(name)
        rest += sorted(waits_for, key=lambda each: ends.get(each, (0, each)), reverse=True)
        if not waits_for:
            rest.pop()
            if name in known:
                ordered.append((name, known.pop(name)))
    return ordered


def end_ms(header):
    """The end of the work, in milliseconds since 1970."""
    began = datetime.fromisoformat(header['time'].replace('Z', '+00:00'))
    return round(began.timestamp() * 1000) + header.get('durationMs', 0)


def check_node(node):
    """[Trees] What files, directories and roots have in common: chunks, and a size that they can have."""
    chunks, size = node.get('chunks'), node.get('size')
    must(isinstance(chunks, list) and all(unhex(each, 32) for each in chunks), 'chunks are no list')
    must(type(size) is int and len(chunks) <= size <= len(chunks) * 4 * MIB, 'its chunks cannot have its size')
    return node


def is_text(value, longest):
    return isinstance(value, str) and len(utf16(value)) <= 2 * longest


def check_entry(entry):
    required = {'chunks', 'modified', 'name', 'size', 'type'}
    optional = {'file': 'source', 'directory': 'object'}.get(entry.get('type'))
    must(optional and set(entry) - {optional} == required, 'an entry has unknown or missing members')
    name, modified = entry['name'], entry['modified']
    must(isinstance(name, str) and not re.search('[/\\\\\0-\x1f\x7f-\x9f\ud800-\udfff]', name)
         and name not in ('.', '..') and 0 < len(name.encode()) <= 255, f'a name is not safe: {name!r}')
    must(is_text(modified, 40) and is_text(entry.get('source', ''), 16384), f'{name} has no proper time or source')
    if 'object' in entry:
        kind, edited = entry['object'].get('kind'), entry['object'].get('edited')
        must(set(entry['object']) == {'edited', 'id', 'kind'} and kind in ('page', 'database') and is_text(edited, 40)
             and unhex(entry['object']['id'], 16), f'{name} stands for no proper object')
    return check_node(entry)


# ---- Spelling of documents and listings --------------------------------------------------------------------------

#: [Spelling] Phrases in the order of their signs, two blanks apart; `$` is the end of a line, `~` a blank at the end.
PHRASES = r'''
},$  }$  ],$  {$  "id":~  "type":~  "name":~  "object": "user"$  "annotations": {$  "bold": false,$  "code": false,$
"color": "default",$  "italic": false,$  "strikethrough": false,$  "underline": false$  "href": null,$  "plain_text":~
"text": {$  "content":~  "link": null$  "type": "text"$  "archived": false,$  "created_by": {$  "created_time":~
"has_children": false,$  "in_trash": false,$  "last_edited_by": {$  "last_edited_time":~  "object": "block",$
"parent": {$  "page_id":~  "type": "page_id"$  "rich_text": [$  ]$  [$  {},$  "Name": {$  "archived": true,$
"array": [$  "avatar_url": null,$  "avatar_url":~  "block_id":~  "blocks": [$  "blocks": [],$  "bold": true,$
"bookmark": {$  "bot": {$  "bulleted_list_item": {$  "callout": {$  "caption": [$  "caption": [],$  "cells": [$
"checkbox": false,$  "checkbox": true,$  "checked": false,$  "checked": true,$  "child_database": {$  "child_page": {$
"children": [$  "children": [],$  "code": true,$  "code": {$  "color": "blue",$  "color": "brown",$
"color": "default"$  "color": "gray",$  "color": "gray_background",$  "color": "green",$  "color": "orange",$
"color": "pink",$  "color": "purple",$  "color": "red",$  "color": "yellow",$  "color":~  "column": {$
"column_list": {},$  "comments": [$  "comments": [],$  "cover": null,$  "cover": {$  "created_by": {},$
"created_time": {},$  "data_source": {$  "data_source_id":~  "data_sources": [$  "database": null,$  "database": {$
"database_id":~  "database_parent": {$  "date": null,$  "date": {$  "date": {},$  "description": [$
"description": [],$  "description": null,$  "discussion_id":~  "divider": {},$  "dual_property": {$  "email": null,$
"email":~  "embed": {$  "emoji":~  "end": null,$  "end":~  "equation": {$  "expression":~  "external": {$  "file": {$
"file_upload_id":~  "files": [$  "files": [],$  "format": "number"$  "format": 1,$  "formula": {$  "function":~
"gaps": [$  "has_children": true,$  "has_more": false,$  "has_row_header": false,$  "heading_1": {$  "heading_2": {$
"heading_3": {$  "href":~  "icon": null,$  "icon": null$  "icon": {$  "image": {$  "in_trash": true,$
"is_archived": false,$  "is_inline": false,$  "is_inline": true,$  "is_locked": false,$  "is_locked": true,$
"is_toggleable": false,$  "is_toggleable": true,$  "italic": true,$  "kind": "database"$  "kind": "page",$
"language": "javascript",$  "language": "python",$  "language":~  "last_edited_by": {},$  "last_edited_time": {},$
"link": {$  "link_preview": {$  "link_to_page": {$  "list_start_index":~  "mention": {$  "multi_select": [$
"multi_select": [],$  "multi_select": {$  "number": null,$  "number": {$  "number":~  "numbered_list_item": {$
"object": "comment",$  "object": "data_source",$  "object": "database",$  "object": "page",$  "object": "user",$
"object": "view",$  "object":~  "options": [$  "page": {$  "paragraph": {$  "path":~  "pdf": {$  "people": [$
"people": [],$  "person": {$  "phone_number": null,$  "phone_number":~  "properties": {$  "property_id":~
"public_url": null,$  "public_url":~  "quote": {$  "relation": [$  "relation": [],$  "relation": {$  "rich_text": []$
"rich_text": [],$  "rich_text": {},$  "rollup": {$  "rollup_property_id":~  "rollup_property_name":~
"relation_property_id":~  "relation_property_name":~  "select": null,$  "select": {$  "sha256":~
"single_property": {},$  "size":~  "sorts": [],$  "start":~  "status": null,$  "status": {$  "strikethrough": true,$
"string": null,$  "string":~  "synced_block": {$  "synced_from": null$  "synced_from": {$  "synced_property_id":~
"synced_property_name":~  "table": {$  "table_of_contents": {$  "table_row": {$  "table_width":~  "template": {$
"templates": [],$  "time_zone": null$  "time_zone": null,$  "title": [$  "title": [],$  "title": {},$  "title": {$
"title":~  "to_do": {$  "toggle": {$  "type": "array"$  "type": "block_id"$  "type": "bookmark"$  "type": "bot"$
"type": "bulleted_list_item"$  "type": "callout"$  "type": "checkbox"$  "type": "child_database"$
"type": "child_page"$  "type": "code"$  "type": "column"$  "type": "column_list"$  "type": "created_by"$
"type": "created_time"$  "type": "data_source_id"$  "type": "database_id"$  "type": "date"$  "type": "divider"$
"type": "email"$  "type": "embed"$  "type": "emoji"$  "type": "equation"$  "type": "external"$  "type": "external",$
"type": "file"$  "type": "file",$  "type": "files"$  "type": "formula"$  "type": "heading_1"$  "type": "heading_2"$
"type": "heading_3"$  "type": "image"$  "type": "last_edited_by"$  "type": "last_edited_time"$
"type": "link_to_page"$  "type": "mention"$  "type": "multi_select"$  "type": "number"$  "type": "numbered_list_item"$
"type": "page"$  "type": "paragraph"$  "type": "people"$  "type": "person"$  "type": "pdf"$  "type": "phone_number"$
"type": "quote"$  "type": "relation"$  "type": "rich_text"$  "type": "rollup"$  "type": "select"$  "type": "status"$
"type": "string"$  "type": "synced_block"$  "type": "table"$  "type": "table_row"$  "type": "title"$  "type": "to_do"$
"type": "toggle"$  "type": "unique_id"$  "type": "url"$  "type": "user",$  "type": "video"$  "type": "workspace",$
"underline": true$  "unique_id": {$  "url": null,$  "url":~
'''.strip().replace('\n', '  ').split('  ')
PHRASES = [each.replace('$', '\n').replace('~', ' ').encode() for each in PHRASES]
SIGNS = b'\0\x0c\r\x0f' + bytes(range(0x10, 0x20)) + b'\xc0\xc1' + bytes(range(0xf5, 0x100))
ANY_SIGN = re.compile(b'[\0-\x1f\xc0\xc1\xf5-\xff]')

#: [Spelling] What the deflated text can refer to before its first byte.
PRESET_DICTIONARY = base64.b85decode('''
Vr64tb#rAPVr6D;a%CW4W^`q8AYo!}b#x$fXk}?~AarPDa%CWQXlY|;Aa`$dY-Au~Z*^>BAaiJMb!=oHZ**v7av*SJZ*Xj7AarPQZ*^yAAYx^7cV%U6AYp
EAbZBLAAa`kWXm53NAaieRWprq1Zf78AZE$aLbYX6EAZc!9Z*py6bZKvHAaHVTYGq?|AZ=x3bZKs9AarG6Z6J4Va%&)TX>Da7W@&PBbRcYDb95kWVQXa|Z
e?X;AZTT5a3Eu7VQyz-AZ2)AZE$R5AZBlDY;SjIZf78Fb!}p0av)=JWnpw>Aa!tLVRU66aA9X<AaHDDVRL05Zf|sDb0BVIcyu6hbY*aJAaQkNb98BMZgU`
VWp-
(0cOY|gVRUtKAY@^5Wgu>0ZDk;AX>MyEWN%}2ZDnqBAY*TBaA9tFAaHVTWOZY7AY*lNbZ>2Cav)@7b7^O8AY^5BWo&P7ZDnqBAaHVTV`X!5AaHD9ZXjoGV
Qh0CcV%U3AZ>4MbZ8)XWnpq4bZ=x~c_4IeZEtdNZ+9R~Z*F8^c_37EWpiX<c_3G1WNu}1WMO$ARA_Z_b7Wz8AVzX&WMO$AN?~qwVRCsOMrC4hbzyROAWdO
%V`v~jaB^vEAWC&^Wgtp*Y<VC-
b!T;RbRbh@aCBvDVr6n5Ph)g%Vr6n5PH%Q)ZDM6|AVg(jWo=?*av*4QbZ~PzFE4j@cP=0<V{dIQAZT=Sa5^t9Aa7<MbZBKDX>K5NXk{RDZy<DNWgu^EAar
PDAZBlJAarPDAYpD~AarPDAZc?TVIX&DbZ8)SXk{RDXkm09bZBKDW^!+BAarPDAYpVMbZBKDX>=fIb0BnRX>%ZHb0BD8c4Z)RZy;i2AY)-
}AYx@8cWG>FAYx@8cV!@9a%CWSZ*?GJVQwH{Ze$=~Aa7<MVIXO4AYmYMZy;i2AYpSLVIXF2av)(KZf|rTbZBKDXkl|8Vr6A+ARu>WVRRs9Z+9SfXk~67cW
7mDWgvHGc_4RaZy;f8Y#?E7c_3|Xa%CWMZ*65DVQh16AarP9ZXk4MWo{sJXk~36bZBLHAarPDb7dfOXm4|6Aa8YYAbD?fav*7Rb0BwNb0BwRa%CW4a%CW9
Z*m}EZe$>LX>@2HbZB98AarPHb0B7NZ*3qC4l@r9E%guqED93<_5>^n4mbS)EDHVr4m=K85CJR-_zqzC5CQ-!3KIbO1uO~<d;AVI11t&-
$^Z_FB0+O=X=iR_Wg<EtdkPLc5F#Qh3KAkBED9oUWp8k7Wg<Etdwnbl4&(qLLvm$dbY)~BIv{%r4loWq5F#Qh3KAkBED8?D03t+TbY&tsAbSc9Iu1P$A|f
mb5+Wij3J%KvB1CU)Wg<EtdkP|BXk}w-
VsCgNIv{&}ED8=i5F#Qh3KAkBED8?601g8VJrE)yED91LA}k6Hwhr<DB2IN}Vr6n7Iv{%r4m}VeA}k6LA|fmb4tEYt01n^)B2aQ^Z*pmLc_KO>dkPLc5F#
Qh3KAkBED8>s4uKC2CJsFi0W1m<A|eU^4-O&@JrDsb3KAkB3IGod9S%JZ0W1m<A|eU^4;KzS5CJR-
5+WiB3=RMQ4(tFTQe|vmbY)~BIv{%r4m}VeA}k6LA|fmb4w4Qs0W1m*HUlgQ4xSMrb7^j8Y-
L|?a&K^Da&&nj3IGo203uRvY;1LKB03;@3JyIGA|fmb5+Wij3J#VIQ6h77Z6YiR4w)inB{VQZN+K)@4w@oPWq5QVED8>nA|*FNOnE^fED8>oB0+6$b#8Pb
3IGo403uU#VRUtKB03;@3JyIGA|fmb5+Wij3J#+pXL4_KaC0I$AX^F#4j>Q#ED91LA}k6bZ*X*JZ*E^{WOE`qAX^Fn3Jw4O4-
Op=0W1m<A|fmbB5!bXX>V>{X=HOEIv`sL0SXQP01pl#5CJR-
5+Wij3L<ZCbZKvHUuk4>B03;j3IPfZ01OQdfe#lBJrDv5ED91LA_@Qx7Y;oT0u3w*5+WiB01p=qJrDv9ED91LA_@!+000i{03uXjXLBMtAbSc9JrE)yED8
>F4uKCB4m}V7ED91LA_@Qx4jm3X5CJR-5+WiB01pl%4m}V7ED91LA_@!+000sqA}k6H-vA<1Wq5QVIv{%r4m}VeA}k6LA|fmb4wVk-
03uaVOd>iUdkPLc5F#Qh3KAkBED8}Kb#iPXED8?&dwmKF01k}~u@1Bk6crX17#SJ>8yq4cED9YS3m*W$3=IzbA|eV54GuL9E%qWZFfukRFflDKHB>M#Ixs
LgF)%JLFfc1HFgh?WA}k6HGY=2~0xSv=A|eV54GugGS`Y#QEDHDzU=CvXA~G;CHZ3qQEig4yFfckWFgh_XE-
)}KD=;uRFfbx43J!ey{Q?0j3jP2NjSjRA6crX17#SJ>8yq4cED9YS3m*W$3=IzbA|eU^4o@O$X>Md9Iv^rsVRT_)VRL07ED9oaX=QhFB03;j3J)S<Z*FF3
XLWL6bZKvHB03;@3J&l9^$-F8ED93<_98McGBzzRF)c7PR4_0)FfckXGA=MMFe@-HIxsLIED8=X0s<@wB4%l9bY*fPIv{R!Y-}tF5CJR-
`49pCED93<`XVwgGBzzRF)c7PR4_0)FfckXGA=MMFe@-HIxsLIED91LA}k6HfBX(M0s|}x4$1%`adl~9YhPw*Y;<LEb0Rt*Zgp&IED9nI4hawS5CJR-
69D!EEDHA!0W1pm`49pCED93<`UNZs`~3X_EDHVr4y+<*VRK(&Z)|mKZeM6+VPs`;B03;+a&=`a3Jz5cuQ3V$4)6dE^$-Cp3KIbK1uP2p5CJR-
`1ue511t&?0Qv<i3j6#H2m%2t3J$yg4z3Oo4gn7o6&4p585#f^93mnt3LPE`9{|7%4gd}S01oj04-P8z5CJR-
69D!EEDHA!0W1pm`49pHED93<`UNZs`~3X_EDHVr4#ofv4k;pcX=HS0Uvgn|X>TGrATTa93IO#G0st%u69D!EEDHA!11t*o`49pCED93<`UNZs`}__F0tP
G!4!i&k#Q+cW5CR1(3KIbK1S|>;Lk<xR{URa?0QV39EDHGf5CR1(3KIbO1uP2t{QUzg3jP2N&HxYf5CQ`%3KIbK1S|^o5CJR-
`1ue511t&?0Qv<i3j6&10s<@w{s0joc4=f~Zz3!TB6ewHWp5%nAbSc95e`WX{URa?01nX%01x#L0s|}x69D!EEDHA!0W1pm`49pFED93<`UNZs`~3X_EDH
Vr4uuX84oMFEA|eU^4$%M(<^T`%5CQ-!3KIbK1S|>;N)8bYNe=xYA_@Q!A|fmb4$%Pj5CJR-`1ue504xd<0Qv<i3j6&111t*u01ndt4-
O0t5f1$#A_@TY5CR1(3KIbK1S|^o5CJR-
`1ue51uO~^0Qv<i3j6&111t*u01mwX5A_fMED93<_5>^n4o411A|eU^_YeUr3i$aD0un3=69D=JEDHPl{Q?av3jP2N&;Sn(7!J51Npm1|ZfSI7WFT&3cyu
BP0QC?811t&?0QLkd3il8K0xSyn`49pFED93<`UETr`~3X@EDHVr4#NNs4i^r%B2-~wY-J!bA_@TY5CQ-!3KIbK1S|^o5CJR-
`1ue504xd<0Qv+h3j6&10W1ps01m<c5A_fN5-bW60QLkd3il8JEDHGf5CRe`3KIbO1uO~<aQy)+3jP55{QUwHEDHVr4&49`^$-
FBED93<_5>^n_YeUr3i$aD0s|}x69D=JEDHPl{Q?3k3jP2Nrw*wO2m>q%4!jHi4(|XD4i6U&Tn=0g9TFlU3IGuzX=870A_@Ti4-
^#^7Z@2D02>@4A}k6W9t$4;zzhxm0QC?81uO~^0QLkd3il8JEDHGf5CR1(3KIbO1uP2t{QUzg3jP2NzzhuzEDlc&Xbyr7E%gur5-
bW60QLkd3JzKj0W1pm4qpyp`49pUED93<`UETr4t@L%G65_K4mJW6ED8?E01k^HL349yXKrO>B03;@3J@Y9ED8>W4-
N(p0un3=5+Wij3J!iEaAk6HZ*C$wAbWi*3J&EA4G!c0B13XzVRU6=B03;@3ibpn3J@Y9ED8?D03t+TbY&tsAbSc9I1nNtED8?G03t+hZe=1mAbSc96A&UI
ED8?601g8XA|fmb4zv#x6&4p585#f^93mnt3LPE`9{|7%4G!`EB2IN}Vr6n7Iv{%r5F#Qh3J!QPGcYhNGd3&=4&VSHP;zN+a%psVB03;@3J@Y9ED8>r4(t
FTQe|vmbY)~BIv{%r4pa~#A}k6HkPi?63IGof0SW*Q5CIAd4G!r5B2sT`Y;|xVIv{%r5F#Qh3J#VIQ6h77Z6YiR4tOy&IW{>iGb{=Y-
~bNm03uU#VRUtKB03;@3J@Y9ED8>z7Z3p~3KAkB3IGo603uXjXLBMtAbScBA|fmb4s#C<9S{L53KAkB3JeVn-vA<1Wq5QVIv{%r5F#Qh3J#PG>Hs2DQcNN
`AbScBA|fmb5h8VRY$7ZQ4*hO*Y-|b)01k}~{URa?3=9tr2@mxU0W1m=0QLkd3JyQ_5CJR-
`1ue504xd<0Qv<i3j6&111t*u01nIm5A_fMED93<_5>^n_YeUr3JzTk5e`WX{URa?01nXr`1ue511t&?0Qv<i3j6&111t*u01ny!4-Om-
5e{o2aBN{|ZXk4JcyuBx3jYrj6&4p585#f^93mnt3LPE`9{|7%4gdi45CJR-69D!EEDHA!0W1pm`49pIED93<`UNZs`~3X_EDHVr4#WTt^$-
FBED93<_5>^n_Yeat3i$aD0s|}x69D=JEDHPl{Q?Lq3jP2NxegT<{|^)u78e*98UPy{A|fmb9UcoG0Kg0m000j201x#L0st%u69D!EEDHAyRu>Lr{|^)u7
8e*98UPy{A|fmb9UcoG0Kg0m000mHEDHGf5CQ-!3KIbO1uP2t{QUzg3jP2N*8mUo5CQ-
!3KIbK1S|^o4p$crWd9Eo6&4p585#f^93mnt3LPE`9{|7%4gdfU11t*o`49pCED93<`UNZs`~3X^3oHu$01nsy5A_fN04xd<0QLkd3il3J7Y=0q4-
^#^7Z@2D02>@4A}k6W9t$4;zzhxm01yEz3i$aD0st%u69D=JEDHPl{Q?Lq3jP2N*#Hmq5CQ`%3KIbK1S|^o5Cbd<`1ue511t&?0Qv<i3j6&10thS${s0b-
4k!N)6crX17#SJ>8yq4cED9YS3m*W$3=RMQ4(I?64jB*i5CQ-!3KIbK1S|^o5CJR-`1ue504xd<0Qv<i3i}R&7Y<tg4-
^#^7Z@2D02>@4A}k6W9t$4;zzhxm0Q~&}EDHVr4&w|B^$-FBED93<_5>^n4pR^VEDHGf5CQ`%3KIbO1uP2t{QUwDEDHVr4!Rfr4-
^#^7Z@2D02>@4A}k6W9t$4;zzhxm01os35A_fN04xd<0QLkd3il8JEDHGf5CQ-
!3KIbO1uO~<c^Cf=6crX17#SJ>8yq4cED9YS3m*W$3=RMQ`~3X^2rLTz01n{*5A_fN04xd<0QLkd3il8K5-bY%`49pCED93<`UNZs4tW><4-
^#^7Z@2D02>@4A}k6W9t$4;zzhxm0Q>y?0thS${s0c)01plh7yl0w6&4p585#f^93mnt3LPE`9{|7%4gdi45CQ-!3KIbK1S|^o5CJR-
`1ue504xd<0Qv<i3j6&111t*u01m$Z4-
O6&{|^)u78e*98UPy{A|fmb9UcoG0Kg0m008w60st%u69D!EEDHA!0uw9>`1ue504xd<0Qv<i3j6&10u(F?{s0cY01x#L0st%u69D!EEDHA!0uL+-
`1ue504xd<0Qv<i3i}R&7Y<tg4-^#^7Z@2D02>@4A}k6W9t$4;zzhxm0Q~&|5G)G*01o2-
5A_fN04xd<0QLkd3il8K4=f7!`49pCED93<`UNZs`woK_4qE>Y6crX17#SJ>8yq4cED9YS3m*W$3=RMQ{QUwDEDHVr4&w|B4lE8&4rmU74lVT%0s|}x69D
!EED8=>4n!g%ED8?K01yHQEDHDzUk+mV5CQ`%3KIbO1S|>;ef<3aEDHVr4vP-A5F#Qh3J$an6crX17#SJ>8yq4cED9YS3m*W$3=IzQ3;+&|4*en`3JeS
'''.replace('\n', ''))


def inflate(data, longest, dictionary):
    """Raw deflate, RFC 1951; no more than `longest` bytes."""
    inflater = zlib.decompressobj(-15, zdict=dictionary)
    plain = inflater.decompress(data, longest + 1)
    must(inflater.eof and not inflater.unused_data, 'it does not end where its body does')
    return plain


def unspell(text, side, size):
    """[Spelling] The text in which signs stand for what repeats, with the ids, digests and times beside it."""
    out, ids, times, siblings, same = bytearray(), [], [], b'', None
    at = side_at = depth = 0
    is_line_start = False

    def argument():
        nonlocal at
        must(at < len(text), 'it ends within a sign')
        at += 1
        return text[at - 1]

    def aside(count):
        nonlocal side_at
        side_at += count
        must(side_at <= len(side), 'an id or time is missing')
        return side[side_at - count:side_at]

    def indent(count):
        nonlocal depth, is_line_start
        depth, is_line_start = count, False
        out.extend(b' ' * count)

    def put(piece):
        if is_line_start:
            indent(max(0, depth + (out[-2:-1] in (b'{', b'[')) - (piece[:1] in (b'}', b']'))))
        out.extend(piece)
        must(len(out) <= size, 'it is longer than declared')

    def known():
        number = argument()
        must(number < len(ids), 'an id did not occur before')
        return ids[number]

    def remember(found):
        must(len(found) == 16, 'an id has no siblings')
        if len(ids) < 256:
            ids.append(found)
        return found

    def put_id(found):
        digits = found.hex()
        put(f'"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"'.encode())

    def put_time(distance):
        minutes = distance + (times[1] + times[2] - times[0] if times else 0)
        must(0 <= minutes < 4223371680, 'a time is none')
        times[:] = times[1:] + [minutes] if times else [minutes] * 3
        put(f'"{(datetime(1970, 1, 1) + timedelta(minutes=minutes)).isoformat(timespec="milliseconds")}Z"'.encode())

    while at < len(text):
        found = ANY_SIGN.search(text, at)
        end = found.start() if found else len(text)
        if end > at:
            put(text[at:end])
        if not found:
            break
        sign, at = text[end], end + 1
        if sign == 0x0a:
            put(b'\n')
            is_line_start = True
        elif sign == 0x01:
            siblings = aside(6)
            put_id(remember(siblings + aside(10)))
        elif sign == 0x02:
            put_id(known())
        elif sign == 0x03:
            put_id(remember(siblings + aside(10)))
        elif sign == 0x04:
            number, place = 0, 0
            while place < 42:
                byte = aside(1)[0]
                number, place = number | (byte & 127) << place, place + 7
                if byte < 128:
                    break
            must(byte < 128, 'a time is too far away')
            put_time(-(number + 1) // 2 if number & 1 else number // 2)
        elif sign == 0x05:
            put_time(0)
        elif sign == 0x06:
            put(f'"{aside(32).hex()}"'.encode())
        elif sign == 0x07:
            put(known().hex().encode())
        elif sign == 0x08:
            put(remember(aside(16)).hex().encode())
        elif sign == 0x09:
            indent(argument())
        elif sign == 0x0b:
            must(same is not None, 'a text to repeat is missing')
            put(out[same:out.index(b'\n', same) + 1])
            is_line_start = True
        else:
            number = len(SIGNS) + argument() if sign == 0x0e else SIGNS.find(sign)
            must(0 <= number < len(PHRASES), 'a phrase is not known')
            put(PHRASES[number])
            is_line_start = PHRASES[number].endswith(b'\n')
            same = len(out) if PHRASES[number] == b'"plain_text": ' else same
    if is_line_start:
        put(b'')
    must(side_at == len(side), 'something is left over beside it')
    return bytes(out)


# ---- Commands ----------------------------------------------------------------------------------------------------

def list_snapshots(store):
    for name, header in store.snapshots():
        amount = f'{header["counts"].get("files")} files, {header["contentBytes"]} bytes'
        say(name, header['time'], header['source'], amount, '' if header['complete'] else 'incomplete')


def list_files(store, prefix):
    for path, entry in store.walk(store.root(prefix)):
        say(f'{entry["size"]:>12}', f'{entry["modified"]:24}', path + ('/' if entry['type'] == 'directory' else ''))


def restore(store, prefix, folder):
    """Into a folder that is new or empty, so that nothing is overwritten and no link is followed."""
    root = store.root(prefix)
    os.makedirs(folder, exist_ok=True)
    must(not os.listdir(folder), f'{folder} is not empty', 64)
    files = 0
    for path, entry in store.walk(root):
        try:
            if entry['type'] == 'directory':
                os.mkdir(folder + path)
            else:
                restore_file(store, entry, folder + path)
                files += 1
        except DAMAGE as error:
            store.report(f'{path} is not restored', error)
    say(f'{files} files restored to {folder}')


def restore_file(store, entry, target):
    with open(target, 'xb') as file:
        try:
            for chunk in store.contents(entry, [DOCUMENT, MEDIA]):
                file.write(chunk)
        except BaseException:
            os.remove(target)  # half a file looks like a whole one
            raise
    try:
        time = datetime.fromisoformat(entry['modified'].replace('Z', '+00:00')).timestamp()
        os.utime(target, (time, time))
    except (ValueError, OverflowError):
        pass  # not every text is a time


# ---- The command line --------------------------------------------------------------------------------------------

def run(words):
    """The exit code."""
    keyfile, use_index = None, True
    while words and words[0].startswith('-'):
        option = words.pop(0)
        must(option == '--no-index' or option == '--keyfile' and words, __doc__.split('\n\n')[1], 64)
        keyfile, use_index = (words.pop(0), use_index) if option == '--keyfile' else (keyfile, False)
    command, wanted = {'list': (list_snapshots, 2), 'ls': (list_files, 3), 'restore': (restore, 4)}.get(
        words[1] if len(words) > 1 else '', (None, 0))
    must(len(words) == wanted, __doc__.split('\n\n')[1], 64)
    store = Store(words[0], keyfile, use_index)
    command(store, *words[2:])
    return 65 if store.is_damaged else 0


def main():
    for stream in sys.stdout, sys.stderr:
        stream.reconfigure(encoding='utf-8', errors='backslashreplace')
    try:
        return run(sys.argv[1:])
    except DAMAGE as error:
        say(f'rescue: {reason(error)}', to=sys.stderr)
        return getattr(error, 'code', 69 if isinstance(error, OSError) else 65)


if __name__ == '__main__':
    sys.exit(main())
