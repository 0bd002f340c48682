# shellcheck shell=sh
# shellcheck disable=SC2154 # here, cache, native, product, work and system are set by lab

# The package of the built product in whole Debian systems: what the real dpkg
# and apt make of it, what it leaves behind, and which JVMs the launcher takes.

run_packages() {
	find_product test-package
	lock_cache
	make_package_roots
	begin_tests
	test_packages
	end_tests
}

make_package_roots() {
	for package_suite in $root_suites; do
		make_root "$package_suite" || :
	done
}

test_packages() {
	deb=$(echo "${product%/*}"/hdrfix_*_all.deb)
	if [ ! -f "$deb" ]; then
		leave_out "the package" "none beside $product"
		return 0
	fi
	run_line="nothing yet"
	run_status=0
	: >"$work/out"
	test_lintian
	test_reproducible
	can_use_roots || {
		leave_out "the package in Debian systems" "no overlays or namespaces here"
		return 0
	}
	older_package
	for package_suite in $root_suites; do
		if made "$cache/roots/$package_suite"; then
			test_package "$package_suite"
			test_repaired_tree "$package_suite"
			test_maintainers_lines "$package_suite"
			test_launcher "$package_suite"
		else
			leave_out "the package in $package_suite" "its root directory could not be made"
		fi
	done
	close_root
}

test_lintian() {
	command -v lintian >/dev/null || {
		leave_out "lintian" "not installed"
		return 0
	}
	lintian --allow-root -EvIL +pedantic "$deb" >"$work/lintian" 2>&1 || :
	verdict "lintian says nothing" lintian_is_silent
}

lintian_is_silent() {
	! grep -E '^[A-Z]: hdrfix' "$work/lintian" && ! grep -iE 'error|cannot|warning:' "$work/lintian"
}

# test_reproducible: the sources of the product, built at another place by a
# user with other habits, give the same package.
test_reproducible() {
	sources=$(cd "$here/../.." && pwd)
	if [ "${product%/*}" != "$sources/target" ]; then
		leave_out "the same package twice" "the product is not from this checkout"
		return 0
	fi
	command -v mvn >/dev/null || {
		leave_out "the same package twice" "no mvn"
		return 0
	}
	mkdir "$work/another place"
	tar -C "$sources" --exclude=./target --exclude=./.git -c . | tar -C "$work/another place" -x
	verdict "the sources build at another place" built_elsewhere
	verdict "the same sources give the same package" cmp "$deb" "$work/another place/target/${deb##*/}"
	rm -rf "$work/another place"
}

built_elsewhere() (
	cd "$work/another place" || exit 1
	umask 027
	TZ=Asia/Kathmandu LC_ALL=C timeout -k 10 300 mvn -o -B -ntp -q -DskipTests package
)

# older_package: the package as an earlier version, with a file that is gone
# from this one.
older_package() {
	dpkg-deb -R "$deb" "$work/older"
	sed -i 's/^Version: .*/Version: 0.0.1/' "$work/older/DEBIAN/control"
	: >"$work/older/usr/share/hdrfix/of-an-earlier-version"
	dpkg-deb --root-owner-group -Zxz -b "$work/older" "$work/older.deb" >/dev/null
	rm -rf "$work/older"
}

# in_system COMMAND...: in $system, its exit status in $run_status and what it
# printed in $work/out.
in_system() {
	run_line="(in $package_suite) $*"
	run_status=0
	in_root timeout -k 10 300 "$@" >"$work/out" 2>&1 || run_status=$?
}

# files_of_system: all but what dpkg and apt write about themselves, and what
# is gone after the next start.
files_of_system() {
	find "$system" -xdev \( -path "$system/proc" -o -path "$system/run/*" -o -path "$system/var/cache/apt" -o -path "$system/var/cache/debconf" \
		-o -path "$system/var/lib/apt" -o -path "$system/var/log/apt" -o -path "$system/var/log/dpkg.log" \
		-o -path "$system/var/lib/dpkg/status*" -o -path "$system/var/lib/dpkg/lock*" -o -path "$system/var/lib/dpkg/triggers" \
		-o -path "$system/var/lib/dpkg/available*" -o -path "$system/tmp/*.deb" \) -prune -o -printf '%P\t%y\t%m\t%U:%G\t%l\n' | sort
}

state_of() {
	in_root dpkg-query -W -f '${db:Status-Abbrev}' "$1" 2>/dev/null || echo none
}

is_installed() {
	[ "$(state_of hdrfix)" = "ii " ] || {
		echo "hdrfix is: $(state_of hdrfix)"
		return 1
	}
}

# The JVM refuses to start where it would have to do without the archive.
archive_is_used() {
	in_root java -Xshare:on -XX:+UseSerialGC -XX:-UsePerfData -XX:SharedArchiveFile=/var/cache/hdrfix/hdrfix.jsa \
		-jar /usr/share/hdrfix/hdrfix.jar -V
}

no_archive() {
	[ ! -e "$system/var/cache/hdrfix/hdrfix.jsa" ]
}

test_package() {
	open_root "$1"
	cp "$deb" "$system/tmp/new.deb"
	cp "$work/older.deb" "$system/tmp/old.deb"
	files_of_system >"$work/files.before"
	in_system apt-get -y -q --no-install-recommends install /tmp/old.deb
	verdict "$1: an earlier version is installed" exits 0
	verdict "$1: the archive is made, and good for this JVM" archive_is_used
	in_system apt-get -y -q --no-install-recommends install /tmp/new.deb
	verdict "$1: the upgrade succeeds" exits 0
	verdict "$1: hdrfix is installed" is_installed
	verdict "$1: what the upgrade takes away is gone" test ! -e "$system/usr/share/hdrfix/of-an-earlier-version"
	verdict "$1: the archive fits the new jar" archive_is_used
	in_system dpkg --verify hdrfix
	verdict "$1: dpkg --verify has nothing to say" is_silent
	in_system hdrfix check
	verdict "$1: hdrfix runs" exits 0
	test_archives "$1"
	test_triggers "$1"
	echo '# changed' >>"$system/etc/logrotate.d/hdrfix"
	in_system dpkg -i /tmp/new.deb
	verdict "$1: what the administrator has changed stays changed" grep -q '^# changed' "$system/etc/logrotate.d/hdrfix"
	in_system logrotate -d /etc/logrotate.d/hdrfix
	verdict "$1: logrotate takes its file" exits 0
	in_system dpkg -r hdrfix
	verdict "$1: hdrfix is removed" exits 0
	verdict "$1: its cache goes with it" test ! -e "$system/var/cache/hdrfix"
	verdict "$1: its configuration stays" test -f "$system/etc/logrotate.d/hdrfix"
	in_system dpkg -P hdrfix
	verdict "$1: hdrfix is purged" exits 0
	files_of_system >"$work/files.after"
	verdict "$1: nothing is left of it" same "$work/files.before" "$work/files.after"
}

is_silent() {
	exits 0 && [ ! -s "$work/out" ]
}

# test_archives SUITE: whatever the archive is like, what hdrfix prints is the
# same.
test_archives() {
	archive=$system/var/cache/hdrfix/hdrfix.jsa
	cp "$archive" "$work/archive"
	in_system hdrfix -V
	cp "$work/out" "$work/out.good"
	for damage in missing empty noise stale; do
		rm -f "$archive"
		case $damage in
		empty) : >"$archive" ;;
		noise) head -c 4000000 /dev/urandom >"$archive" ;;
		stale)
			cp "$work/archive" "$archive"
			touch "$system/usr/share/hdrfix/hdrfix.jar"
			verdict "$1: an archive of another jar is not used" not archive_is_used
			;;
		esac
		in_system hdrfix -V
		verdict "$1: hdrfix works with an archive that is $damage" exits 0
		verdict "$1: an archive that is $damage is not spoken of" same "$work/out.good" "$work/out"
	done
	mount -t tmpfs -o size=8m hdrfix-lab "$system/var/cache/hdrfix"
	in_system hdrfix --make-class-data
	verdict "$1: an archive that a full disk cuts off is thrown away" test -z "$(ls "$system/var/cache/hdrfix")"
	umount "$system/var/cache/hdrfix"
	in_system hdrfix --make-class-data
	verdict "$1: the archive is made again" archive_is_used
}

not() {
	! "$@"
}

# made_package NAME DIRECTORY [POSTINST]: a package of that name of what is in
# there, with that line as its postinst.
made_package() {
	mkdir "$2/DEBIAN"
	[ $# -lt 3 ] || {
		printf '#!/bin/sh\nset -e\n%s\n' "$3" >"$2/DEBIAN/postinst"
		chmod 755 "$2/DEBIAN/postinst"
	}
	printf 'Package: %s\nVersion: 1\nArchitecture: all\nMaintainer: lab <lab@lab.example>\nDescription: lab\n' "$1" >"$2/DEBIAN/control"
	dpkg-deb --root-owner-group -Zxz -b "$2" "$system/tmp/$1.deb" >/dev/null
	rm -rf "$2"
}

# header_package [POSTINST]: the sample's broken tree, whose programs run nowhere
# that this is tried.
header_package() {
	mkdir -p "$work/headers/usr/src"
	cp -a "$here/../../testdata/sample/usr/src/linux-headers-6.6.31-v8+" "$work/headers/usr/src/"
	made_package linux-headers-6.6.31-v8+ "$work/headers" "$@"
}

# readme WHAT: the lines that the README has under that mark.
readme() {
	awk -v mark="<!-- $1: the lab runs " 'index($0, mark) { on = 1; next } on && /^    / { print substr($0, 5); seen = 1; next } on && seen { exit }' \
		"$here/../../README.md"
}

test_triggers() {
	mkdir -p "$work/jvm/usr/lib/jvm/another"
	made_package another-jvm "$work/jvm"
	rm "$system/var/cache/hdrfix/hdrfix.jsa"
	in_system dpkg -i /tmp/another-jvm.deb
	verdict "$1: another JVM makes the archive anew" archive_is_used
	in_system dpkg -P another-jvm

	header_package
	in_system dpkg -i /tmp/linux-headers-6.6.31-v8+.deb
	verdict "$1: a broken header package is installed" exits 0
	verdict "$1: and spoken of" says '^([A-Z]+ +|hdrfix: .*)?6\.6\.31-v8\+'
	verdict "$1: hdrfix is installed after that" is_installed
	in_system dpkg -P linux-headers-6.6.31-v8+
	verdict "$1: the header package is purged" exits 0
	# Where hdrfix has repaired it, dpkg leaves what it does not know, and
	# the way back is of no more use.
	rm -rf "$system/usr/src/linux-headers-6.6.31-v8+" "$system/var/lib/hdrfix" "$system/var/log/hdrfix"

	# What dpkg does for another machine's root directory is none of this one's.
	rm "$system/var/cache/hdrfix/hdrfix.jsa"
	in_system env DPKG_ROOT=/nowhere /var/lib/dpkg/info/hdrfix.postinst configure
	verdict "$1: for another root directory nothing is done" no_archive
	verdict "$1: and nothing is said" is_silent
}

# test_repaired_tree SUITE: the way back from a repair outlives hdrfix.
test_repaired_tree() {
	open_root "$1"
	cp "$deb" "$system/tmp/new.deb"
	header_package
	in_system dpkg -i /tmp/linux-headers-6.6.31-v8+.deb /tmp/new.deb
	verdict "$1: hdrfix and a broken header package are installed together" exits 0
	in_system hdrfix undo
	fingerprint "$system/usr/src" >"$work/tree.before"
	files_of_system >"$work/files.before"
	in_system hdrfix repair --apply
	verdict "$1: the tree is repaired" exits 0
	in_system dpkg --verify linux-headers-6.6.31-v8+
	verdict "$1: dpkg --verify tells that a program is another one" says '^..5......   /usr/src/linux-headers-6.6.31-v8\+/scripts/basic/fixdep$'
	in_system dpkg -P hdrfix
	verdict "$1: hdrfix is purged" exits 0
	verdict "$1: the originals of a tree that is there are spoken of" says '^  /usr/src/linux-headers-6\.6\.31-v8\+$'
	in_system dpkg -i /tmp/new.deb
	in_system hdrfix undo
	verdict "$1: after installing it again the repair is undone" exits 0
	fingerprint "$system/usr/src" >"$work/tree.now"
	verdict "$1: and the tree is as it was" same "$work/tree.before" "$work/tree.now"
	in_system hdrfix repair --apply
	in_system dpkg -P linux-headers-6.6.31-v8+
	in_system dpkg -P hdrfix
	verdict "$1: the originals go when their tree is gone" test ! -e "$system/var/lib/hdrfix"
}

# test_maintainers_lines SUITE: what the README says to maintainers of header
# packages.
test_maintainers_lines() {
	open_root "$1"
	postinst=$(readme postinst)
	verdict "$1: the README has a line for postinst" test "$postinst"
	header_package "$postinst"
	in_system dpkg -i /tmp/linux-headers-6.6.31-v8+.deb
	verdict "$1: without hdrfix the line does nothing" exits 0
	verdict "$1: and says nothing" not says 'hdrfix|not found'
	in_system dpkg -P linux-headers-6.6.31-v8+
	cp "$deb" "$system/tmp/new.deb"
	in_system dpkg -i /tmp/new.deb
	in_system dpkg -i /tmp/linux-headers-6.6.31-v8+.deb
	verdict "$1: with it the package is installed" exits 0
	in_system hdrfix check
	verdict "$1: and its tree repaired" exits 0

	readme ci >"$system/tmp/ci"
	in_system sh -ec 'mkdir /tmp/job; cp /tmp/linux-headers-*.deb /tmp/job; cd /tmp/job; . /tmp/ci'
	verdict "$1: the job for CI fails with a broken package" one_or_four
	verdict "$1: and says why" says 'built for s390x, this system is arm64'
	mkdir -p "$work/headers/usr/src"
	cp -a "$here/../../testdata/sample/usr/src/linux-headers-6.1.21-v8+" "$work/headers/usr/src/"
	made_package linux-headers-6.1.21-v8+ "$work/headers"
	in_system sh -ec 'mkdir /tmp/job2; cp /tmp/linux-headers-6.1*.deb /tmp/job2; cd /tmp/job2; . /tmp/ci'
	verdict "$1: and succeeds with a healthy one" exits 0
}

# fake_jvm DIRECTORY VERSION ARCH: what the launcher looks at. Starting it says
# which VM was asked for.
fake_jvm() {
	mkdir -p "$system$1/bin"
	printf '#!/bin/sh\ncase "$*" in *-zero*) echo "zero here" ;; -version) echo "openjdk version \\"%s\\"" >&2 ;; *) echo "JVM %s" ;; esac\n' \
		"$2" "$2" >"$system$1/bin/java"
	chmod 755 "$system$1/bin/java"
	[ -z "$3" ] || printf 'IMPLEMENTOR="lab"\nJAVA_VERSION="%s"\nOS_ARCH="%s"\n' "$2" "$3" >"$system$1/release"
}

# fails_with PATTERN: status 3 and a message of ours, nothing of the shell's.
fails_with() {
	exits 3 && says "$1" && ! says 'not found|syntax|unexpected|sh:'
}

test_launcher() {
	open_root "$1"
	cp "$deb" "$system/tmp/new.deb"
	in_system dpkg -i /tmp/new.deb
	in_system hdrfix -V
	cp "$work/out" "$work/out.good"
	for shell in dash "busybox sh" bash; do
		# shellcheck disable=SC2086 # a command and its argument
		in_system $shell /usr/bin/hdrfix -V
		verdict "$1, $shell: the launcher runs" same "$work/out.good" "$work/out"
	done
	in_system env JAVA_TOOL_OPTIONS=-Dx=y JDK_JAVA_OPTIONS=-Dx=y hdrfix -V
	verdict "$1: JVM options of the environment are not announced" same "$work/out.good" "$work/out"
	in_system env JAVA_HOME=/nowhere hdrfix -V
	verdict "$1: a wrong JAVA_HOME does no harm" same "$work/out.good" "$work/out"
	fake_jvm /opt/11 11.0.30 x86_64
	in_system env JAVA_HOME=/opt/11 hdrfix -V
	verdict "$1: a JAVA_HOME that is too old does no harm" same "$work/out.good" "$work/out"
	fake_jvm /opt/99 99 x86_64
	in_system env JAVA_HOME=/opt/99 hdrfix -V
	verdict "$1: JAVA_HOME goes first" says '^JVM 99$'
	in_system env PATH=/opt/99/bin:/usr/bin:/bin hdrfix -V
	verdict "$1: then the PATH" says '^JVM 99$'
	in_system env PATH=/opt/11/bin:/usr/bin:/bin hdrfix -V
	verdict "$1: a java in the PATH that is too old does no harm" same "$work/out.good" "$work/out"
	rm "$system/usr/bin/java"
	in_system hdrfix -V
	verdict "$1: a JVM that only /usr/lib/jvm has is found" same "$work/out.good" "$work/out"

	mv "$system/usr/lib/jvm" "$system/usr/lib/jvm.away"
	for shell in dash "busybox sh"; do
		rm -rf "$system/usr/lib/jvm" "$system/usr/local/bin/uname"
		# shellcheck disable=SC2086 # a command and its argument
		in_system $shell /usr/bin/hdrfix -V
		verdict "$1, $shell: without a JVM it says what to install" fails_with 'no Java: sudo apt install default-jre-headless'
		fake_jvm /usr/lib/jvm/old 1.8.0_362 arm
		# shellcheck disable=SC2086
		in_system $shell /usr/bin/hdrfix -V
		verdict "$1, $shell: Java 8 is refused" fails_with '/usr/lib/jvm/old/bin/java is Java 8, and Java 17'
		rm "$system/usr/lib/jvm/old/release"
		# shellcheck disable=SC2086
		in_system $shell /usr/bin/hdrfix -V
		verdict "$1, $shell: a JVM without a release file is asked" fails_with 'is Java 8, and Java 17'
		fake_jvm /usr/lib/jvm/old 11.0.2 ''
		# shellcheck disable=SC2086
		in_system $shell /usr/bin/hdrfix -V
		verdict "$1, $shell: and its answer is read" fails_with 'is Java 11, and Java 17'
		fake_jvm /usr/lib/jvm/new 17.0.19 arm
		# shellcheck disable=SC2086
		in_system $shell /usr/bin/hdrfix -V
		verdict "$1, $shell: the one that will do is taken" says '^JVM 17.0.19$'
		printf '#!/bin/sh\necho armv6l\n' >"$system/usr/local/bin/uname"
		chmod 755 "$system/usr/local/bin/uname"
		rm -r "$system/usr/lib/jvm/old"
		# shellcheck disable=SC2086
		in_system $shell /usr/bin/hdrfix -V
		verdict "$1, $shell: on ARMv6 it says what works" fails_with 'sudo apt install openjdk-17-jre-zero, which is slow'
		mkdir -p "$system/usr/lib/jvm/new/lib/zero"
		: >"$system/usr/lib/jvm/new/lib/zero/libjvm.so"
		# shellcheck disable=SC2086
		in_system $shell /usr/bin/hdrfix -V
		verdict "$1, $shell: on ARMv6 Zero is asked for" says '^zero here$'
		mv "$system/usr/lib/jvm/new" "$system/usr/lib/jvm/java-17-openjdk-armel"
		rm -r "$system/usr/lib/jvm/java-17-openjdk-armel/lib"
		# shellcheck disable=SC2086
		in_system $shell /usr/bin/hdrfix -V
		verdict "$1, $shell: armel's JVM is Zero" says '^JVM 17.0.19$'
	done
}
