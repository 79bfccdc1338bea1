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


for path in sys.argv[1:]:
    with open(path, "rb") as file:
        pdf = file.read()
    for profile in claims(pdf) or ["none"]:
        failures = [] if profile == "none" else page.validate_pdf_bytes(pdf, profile=profile).failures
        print(path, profile, len(failures), sep="\t")
        for failure in failures:
            print("", failure.rule_id, failure.message, sep="\t")
