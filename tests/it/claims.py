"""Says of each PDF what it claims to be, and what a validator that is not ours finds against each claim."""

import re
import sys

import page


def claims(pdf):
    """The profiles that the file's own metadata names; the metadata of an archived file is never compressed."""

    def said(name):
        found = re.search(rf'pdf{name}(?:>|=")([0-9A-Z]+)'.encode(), pdf)
        return found.group(1).decode() if found else None

    part, level, accessible = said("aid:part"), said("aid:conformance"), said("uaid:part")
    return ([part + (level or "").lower()] if part else []) + ([f"ua{accessible}"] if accessible else [])


def lengths_hold(pdf):
    """Is every stream as long as it says? The validator takes a last byte of 13 for a part of the line's end."""

    for said in re.finditer(rb"/Length (\d+)\b(?! \d+ R)", pdf):
        start = re.compile(rb">>\s*stream\r?\n").search(pdf, said.end()).end()
        end = start + int(said.group(1))
        if not re.match(rb"\r?\n?endstream", pdf[end : end + 11]):
            return False
    return True


for path in sys.argv[1:]:
    with open(path, "rb") as file:
        pdf = file.read()
    for profile in claims(pdf) or ["none"]:
        failures = [] if profile == "none" else page.validate_pdf_bytes(pdf, profile=profile).failures
        if lengths_hold(pdf):
            failures = [failure for failure in failures if not failure.rule_id.endswith("-STREAM-LENGTH-001")]
        print(path, profile, len(failures), sep="\t")
        for failure in failures:
            print("", failure.rule_id, failure.message, sep="\t")
