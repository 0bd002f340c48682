# shellcheck shell=sh
# shellcheck disable=SC2154 # here, cache, native and jobs are set by lab

# What an ELF file is, as readelf sees it: the lab's own eyes. The tests judge
# by them what the product says.

# elf_files DIRECTORY...: "TYPE MACHINE PATH" of every regular ELF file there.
elf_files() {
	for elf_directory in "$@"; do
		[ ! -d "$elf_directory" ] || find "$elf_directory" -type f -print0
	done |
		# readelf names the file only when it has more than one.
		xargs -0 -r readelf -hW /dev/null 2>/dev/null | awk '
			function flush() { if (type != "") print type, class data machine, path; type = "" }
			$1 == "File:" { flush(); path = $2 }
			$1 == "Class:" { class = $2 }
			$1 == "Data:" { data = ($0 ~ /big/) ? "BE" : "LE" }
			$1 == "Type:" { type = $2 }
			$1 == "Machine:" { sub(/^ *Machine: */, ""); gsub(/ /, "_"); machine = $0 }
			END { flush() }' | sort -k 3
}

# The machine of this system's programs, in the same words.
native_machine() {
	elf_machine=$(readelf -hW "$(command -v readelf)" | awk '
		$1 == "Class:" { class = $2 }
		$1 == "Data:" { data = ($0 ~ /big/) ? "BE" : "LE" }
		$1 == "Machine:" { sub(/^ *Machine: */, ""); gsub(/ /, "_"); machine = $0 }
		END { print class data machine }')
	echo "$elf_machine"
}

native_elf() {
	elf_files "$@" | awk -v machine="$(native_machine)" '$2 == machine { print $3 }'
}

foreign_programs() {
	elf_files "$@" | awk -v machine="$(native_machine)" '($1 == "EXEC" || $1 == "DYN") && $2 != machine { print $3 }'
}
