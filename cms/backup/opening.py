"""Open a sealed file without Promotora. Needs Python and its package cryptography, nothing else.

python opening.py backup-….sealed opened.tar      then: tar -xf opened.tar
python opening.py keys.sealed keys.tar            (it lies in opened.tar; the other passphrase)
"""

import getpass
import struct
import sys

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

with open(sys.argv[1], "rb") as sealed, open(sys.argv[2], "xb") as opened:
    header = sealed.read(34)
    if header[:8] != b"SEALED1\n":
        sys.exit("This is not a sealed file of version 1.")
    log_n, r, p, salt, prefix = header[8], header[9], header[10], header[11:27], header[27:]
    passphrase = getpass.getpass("Passphrase: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    key = AESGCM(Scrypt(salt=salt, length=32, n=2**log_n, r=r, p=p).derive(passphrase.encode()))
    number, piece, following = 0, sealed.read(65536 + 16), b"more"
    while following:
        following = sealed.read(65536 + 16)
        nonce = prefix + struct.pack(">IB", number, not following)
        opened.write(key.decrypt(nonce, piece, header))  # InvalidTag: wrong passphrase, damaged or cut off
        number, piece = number + 1, following
