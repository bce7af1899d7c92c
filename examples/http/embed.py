"""Turn files into C arrays: embed.py OUT NAME=FILE …"""

import pathlib
import sys

out = ["#include <stddef.h>\n"]
for pair in sys.argv[2:]:
    name, file = pair.split("=", 1)
    data = pathlib.Path(file).read_bytes()
    rows = [", ".join(str(byte) for byte in data[i : i + 24]) for i in range(0, len(data), 24)]
    out.append(f"static const unsigned char asset_{name}[] = {{\n" + ",\n".join(rows) + "\n};\n")
    out.append(f"static const size_t asset_{name}_size = sizeof(asset_{name});\n")
pathlib.Path(sys.argv[1]).write_text("".join(out))
