"""osv.py FOLDER: OSV zips from lines on standard input, in the layout of the public bucket.

A line: ID ECOSYSTEM[:RELEASE] PACKAGE INTRODUCED FIXED [key=value...], FIXED may be - (no fix);
keys: aliases, upstream (comma lists), cvss (a vector), severity (a word), withdrawn (a time).
"""
import json
import os
import sys
import time
import zipfile

# Of yesterday, so that the data is never too old (--max-db-age).
DATE = time.gmtime(time.time() - 86400)[:6]
MODIFIED = '%04d-%02d-%02dT%02d:%02d:%02dZ' % DATE


def record(fields):
    ident, ecosystem, package, introduced, fixed, *rest = fields
    ecosystem = ecosystem.replace('_', ' ')
    more = dict(x.split('=', 1) for x in rest)
    events = [{'introduced': introduced}] + ([] if fixed == '-' else [{'fixed': fixed}])
    kind = 'SEMVER' if ecosystem.split(':')[0] in ('npm', 'Go', 'crates.io') else 'ECOSYSTEM'
    r = {'schema_version': '1.6.0', 'id': ident, 'modified': MODIFIED, 'published': '2025-01-02T03:04:05Z',
         'summary': 'Flaw in ' + package,
         'affected': [{'package': {'ecosystem': ecosystem, 'name': package}, 'ranges': [{'type': kind, 'events': events}]}]}
    for key in ('aliases', 'upstream'):
        if key in more:
            r[key] = more[key].split(',')
    if 'cvss' in more:
        r['severity'] = [{'type': 'CVSS_V3', 'score': more['cvss']}]
    if 'severity' in more:
        r['database_specific'] = {'severity': more['severity']}
    if 'withdrawn' in more:
        r['withdrawn'] = more['withdrawn']
    return r


def main():
    by = {}
    for line in sys.stdin:
        fields = line.split()
        if fields and not line.startswith('#'):
            by.setdefault(fields[1].replace('_', ' ').split(':')[0], []).append(record(fields))
    for ecosystem, records in by.items():
        os.makedirs(os.path.join(sys.argv[1], ecosystem), exist_ok=True)
        with zipfile.ZipFile(os.path.join(sys.argv[1], ecosystem, 'all.zip'), 'w', zipfile.ZIP_DEFLATED) as z:
            for r in records:
                z.writestr(zipfile.ZipInfo(r['id'] + '.json', DATE), json.dumps(r))


main()
