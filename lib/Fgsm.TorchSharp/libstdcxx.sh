#!/usr/bin/env bash
# TorchSharp's native part asks libstdc++ for one symbol of GCC 13, std::ios_base_library_init (GLIBCXX_3.4.32), which Debian 12 and
# Ubuntu 22.04 lack. Makes DIR/libstdc++.so.6, which has it and takes everything else from the system's. Needs g++, patchelf and readelf.
#
#     lib/Fgsm.TorchSharp/libstdcxx.sh DIR && LD_LIBRARY_PATH=DIR dotnet ...
set -euo pipefail
mkdir -p "${1:?Usage: libstdcxx.sh DIR}" && cd "$1"
system=$(readlink -f "$(g++ -print-file-name=libstdc++.so.6)")
cp "$system" libstdc++-system.so.6
patchelf --set-soname libstdc++-system.so.6 libstdc++-system.so.6

# Every version that the system's has, empty, so that the loader finds them here; and the one symbol.
readelf -V "$system" | grep -oE 'Name: (GLIBCXX|CXXABI)_[A-Z0-9_.]+' | sed 's/Name: \(.*\)/\1 {};/' | sort -u > versions.map
echo 'GLIBCXX_3.4.32 { _ZSt21ios_base_library_initv; };' >> versions.map
echo 'namespace std { void ios_base_library_init() { } }' > init.cpp
g++ -shared -fPIC -O1 -nostdlib -o libstdc++.so.6 init.cpp -Wl,-soname,libstdc++.so.6 -Wl,--version-script=versions.map \
    -Wl,--no-as-needed ./libstdc++-system.so.6 -Wl,-rpath,'$ORIGIN'
