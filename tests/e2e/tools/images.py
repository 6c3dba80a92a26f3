"""Images made to measure: layers from plain lists, OCI layouts and docker archives around them.

A second implementation of what gabion reads, kept as dull as possible. Used by tests/e2e/*.sh through
`python3 - <<EOF` with this folder in PYTHONPATH.
"""
import gzip
import hashlib
import io
import json
import os
import subprocess
import tarfile

OS_RELEASE = 'ID=debian\nVERSION_ID="12"\nNAME="Debian GNU/Linux"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n'
INDEX = 'application/vnd.oci.image.index.v1+json'
MANIFEST = 'application/vnd.oci.image.manifest.v1+json'
CONFIG = 'application/vnd.oci.image.config.v1+json'
LAYER = 'application/vnd.oci.image.layer.v1.tar'


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def dpkg(*packages):
    """The text of var/lib/dpkg/status for (name, version[, source]) rows."""
    out = ''
    for name, version, *source in packages:
        out += f'Package: {name}\nStatus: install ok installed\nPriority: optional\nArchitecture: amd64\n'
        out += f'Source: {source[0]}\n' if source else ''
        out += f'Version: {version}\nDescription: {name}\n\n'
    return out


def tar(entries):
    """entries: (path, text or bytes), (path, None) = folder, (path, ('sym', target)), (path, ('hard', target)),
    (path, ('fifo',)). In the order given."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode='w', format=tarfile.PAX_FORMAT) as t:
        for path, what in entries:
            info = tarfile.TarInfo(path)
            info.mode = 0o755 if what is None else 0o644
            if what is None:
                info.type = tarfile.DIRTYPE
                t.addfile(info)
            elif isinstance(what, tuple):
                info.type = {'sym': tarfile.SYMTYPE, 'hard': tarfile.LNKTYPE, 'fifo': tarfile.FIFOTYPE,
                             'chr': tarfile.CHRTYPE}[what[0]]
                info.linkname = what[1] if len(what) > 1 else ''
                t.addfile(info)
            else:
                data = what.encode() if isinstance(what, str) else what
                info.size = len(data)
                t.addfile(info, io.BytesIO(data))
    return out.getvalue()


def pack(data, how):
    if how == 'zstd':
        return subprocess.run(['zstd', '-q', '-c'], input=data, stdout=subprocess.PIPE, check=True).stdout
    if how == 'stored':  # gzip without compression: equal lengths in, equal lengths out
        return gzip.compress(data, 0, mtime=0)
    return gzip.compress(data, 6, mtime=0) if how == 'gzip' else data


class Image:
    """layers: lists of entries, or tar bytes, or ('foreign', tar bytes)."""

    def __init__(self, layers, how='gzip', instructions=None, arch='amd64', system='linux', ref=None, annotations=None):
        self.ref, self.how, self.arch, self.system = ref, how, arch, system
        self.annotations = annotations
        self.blobs, self.layers, diff_ids, history = {}, [], [], []
        for i, layer in enumerate(layers):
            foreign = isinstance(layer, tuple)
            data = layer[1] if foreign else tar(layer) if isinstance(layer, list) else layer
            kind = how if isinstance(how, str) else how[i]
            blob = pack(data, kind)
            diff_ids.append('sha256:' + sha256(data))
            media = LAYER.replace('.tar', '.nondistributable.tar') if foreign else LAYER
            media += {'gzip': '+gzip', 'stored': '+gzip', 'zstd': '+zstd', 'none': ''}[kind]
            self.layers.append({'mediaType': media, 'digest': 'sha256:' + sha256(blob), 'size': len(blob)})
            if not foreign:
                self.blobs[sha256(blob)] = blob
        self.tars = [layer[1] if isinstance(layer, tuple) else tar(layer) if isinstance(layer, list) else layer
                     for layer in layers]
        for text in instructions or []:
            row = {'created_by': text.lstrip('-')}
            if text.startswith('-'):
                row['empty_layer'] = True
            history.append(row)
        self.config = json.dumps({'architecture': arch, 'os': system, 'config': {},
                                  'rootfs': {'type': 'layers', 'diff_ids': diff_ids}, 'history': history}).encode()
        self.seal()

    def seal(self):
        """Makes the manifest again after layers or config were changed."""
        self.blobs[sha256(self.config)] = self.config
        self.manifest = json.dumps({
            'schemaVersion': 2, 'mediaType': MANIFEST,
            'config': {'mediaType': CONFIG, 'digest': 'sha256:' + sha256(self.config), 'size': len(self.config)},
            'layers': self.layers}).encode()

    def descriptor(self, platform=False):
        d = {'mediaType': MANIFEST, 'digest': 'sha256:' + sha256(self.manifest), 'size': len(self.manifest)}
        if platform:
            d['platform'] = {'os': self.system, 'architecture': self.arch}
        notes = dict(self.annotations or {})
        if self.ref:
            notes['org.opencontainers.image.ref.name'] = self.ref
        if notes:
            d['annotations'] = notes
        return d


def index(descriptors):
    return json.dumps({'schemaVersion': 2, 'mediaType': INDEX, 'manifests': descriptors}).encode()


def put(root, path, data):
    full = os.path.join(root, path)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    with open(full, 'wb') as f:
        f.write(data)


def layout(root, *images, top=None, extra=()):
    """An OCI layout in the folder root; top: bytes of index.json instead of one made here; extra: blobs."""
    put(root, 'oci-layout', b'{"imageLayoutVersion":"1.0.0"}')
    for image in images:
        for digest, blob in image.blobs.items():
            put(root, 'blobs/sha256/' + digest, blob)
        put(root, 'blobs/sha256/' + sha256(image.manifest), image.manifest)
    for blob in extra:
        put(root, 'blobs/sha256/' + sha256(blob), blob)
    put(root, 'index.json', top or index([i.descriptor() for i in images]))


def layout_tar(file, root):
    """The layout in root as one tar (oci-archive)."""
    with tarfile.open(file, 'w') as t:
        for name in ('oci-layout', 'index.json', 'blobs'):
            t.add(os.path.join(root, name), name)


def docker_archive(file, *images, new=False):
    """docker save: the old layout (ID/layer.tar), or the new one (blobs/, index.json and manifest.json)."""
    rows, entries, seen = [], [], set()

    def add(name, data):
        if name not in seen:
            seen.add(name)
            entries.append((name, data))
        return name
    for image in images:
        names = []
        for data in image.tars:
            names.append(add(('blobs/sha256/%s' if new else '%s/layer.tar') % sha256(data), data))
        config = add(('blobs/sha256/%s' if new else '%s.json') % sha256(image.config), image.config)
        rows.append({'Config': config, 'RepoTags': [image.ref] if image.ref else None, 'Layers': names})
    if new:
        add('oci-layout', b'{"imageLayoutVersion":"1.0.0"}')
        descriptors = []
        for image in images:
            layers = [{'mediaType': LAYER, 'digest': 'sha256:' + sha256(t), 'size': len(t)} for t in image.tars]
            manifest = json.dumps({'schemaVersion': 2, 'mediaType': MANIFEST, 'config': {
                'mediaType': CONFIG, 'digest': 'sha256:' + sha256(image.config), 'size': len(image.config)},
                'layers': layers}).encode()
            add('blobs/sha256/' + sha256(manifest), manifest)
            descriptors.append({'mediaType': MANIFEST, 'digest': 'sha256:' + sha256(manifest), 'size': len(manifest),
                                'annotations': {'io.containerd.image.name': image.ref or ''}})
        add('index.json', index(descriptors))
    add('manifest.json', json.dumps(rows).encode())
    with open(file, 'wb') as f:
        f.write(tar(entries))
