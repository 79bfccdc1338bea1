"""Says of each PDF what pyHanko finds on it: is the seal whole, does it cover the file, is its key the one in the first argument, is it dated."""

import sys

from asn1crypto import pem, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext


def certificates(path):
    with open(path, "rb") as file:
        return [x509.Certificate.load(der) for _, _, der in pem.unarmor(file.read(), multiple=True)]


trusted = certificates(sys.argv[1])
for path in sys.argv[2:]:
    with open(path, "rb") as file:
        for seal in PdfFileReader(file).embedded_signatures:
            # Every certificate of the tests is valid at the moment of the seal that it is to be held against.
            context = ValidationContext(trust_roots=trusted, moment=seal.self_reported_timestamp)
            dated = ValidationContext(trust_roots=trusted)
            status = validate_pdf_signature(seal, context, dated)
            print(
                path,
                "intact" if status.intact else "altered",
                "valid" if status.valid else "invalid",
                "trusted" if status.trusted else "unknown",
                status.coverage.name.lower(),
                seal.sig_object["/SubFilter"],
                "dated" if status.timestamp_validity and status.timestamp_validity.valid else "undated",
                sep="\t",
            )
