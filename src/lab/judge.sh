# shellcheck shell=sh
# shellcheck disable=SC2154 # here, cache, native, work and product are set by lab and tests.sh

# The judge against this machine's kernel: real programs with changed headers
# are started, as nobody and limited, and what execve(2) said is compared with
# what check says of the same files. The runner calls execve and never execvp:
# that one would hand what the kernel refuses to a shell.

run_judge_tests() {
	find_product test-judge
	begin_tests
	test_judge
	end_tests
}

judge_files=${HDRFIX_JUDGE_FILES:-3000}
judge_seed=${HDRFIX_JUDGE_SEED:-20261121}

test_judge() {
	judge=$work/judge
	judge_tree=$judge/root/usr/src/linux-headers-6.6.99-judge
	mkdir -p "$judge_tree/scripts" "$judge_tree/include/generated" "$judge/root/bin"
	echo '#define UTS_RELEASE "6.6.99-judge"' >"$judge_tree/include/generated/utsrelease.h"
	judge_system
	judge_runner
	echo 'int main(void) { return 7; }' >"$judge/seven.c"
	gcc -O1 -static -o "$judge/seed.static" "$judge/seven.c"
	gcc -O1 -o "$judge/seed.pie" "$judge/seven.c"
	gcc -O1 -no-pie -o "$judge/seed.fixed" "$judge/seven.c"
	gcc -O1 -static-pie -o "$judge/seed.static-pie" "$judge/seven.c"
	echo "lab: judge: seed $judge_seed" >&2
	perl -e "$judge_mutate" "$judge_files" "$judge_seed" "$judge_tree/scripts" "$judge"/seed.*
	setpriv --reuid=65534 --regid=65534 --clear-groups --no-new-privs \
		prlimit --cpu=2 --as=1073741824 --fsize=1048576 --core=0 --nproc=64 \
		"$judge/run" "$judge_tree/scripts" >"$judge/kernel"
	timeout 120 java -Xmx256m -jar "$(dirname "$product")/hdrfix.jar" check -v --root "$judge/root" >"$judge/said" 2>&1 || :
	sed -n 's/^ *scripts\/\(m[0-9]*\) .*/\1/p' "$judge/said" | sort -u >"$judge/refused"
	awk -v refused="$judge/refused" '
		BEGIN { while ((getline name <refused) > 0) bad[name] = 1 }
		{ n++; key = ($1 in bad ? "refused" : "accepted") " " $2; count[key]++; if (!(key in example)) example[key] = $1 }
		END { for (key in count) print key, count[key], example[key]; print "all", n }' "$judge/kernel" | sort >"$judge/matrix"
	sed 's/^/lab: judge: /' "$judge/matrix" >&2
	run_line="check of $judge_files changed programs"
	run_status=0
	cp "$judge/matrix" "$work/out"
	verdict "judge: every file was started and judged" grep -qx "all $judge_files" "$judge/matrix"
	verdict "judge: the kernel refuses nothing that is accepted" sh -c "! grep -q '^accepted errno' '$judge/matrix'"
	verdict "judge: some were refused by both, and some ran" sh -c \
		"grep -q '^refused errno' '$judge/matrix' && grep -q '^accepted ran' '$judge/matrix'"
	judge_strict=$(awk '$1 == "refused" && $2 == "ran" { n += $3 } END { print n + 0 }' "$judge/matrix")
	verdict "judge: of all, at most one in ten is refused and runs ($judge_strict)" [ $((judge_strict * 10)) -le "$judge_files" ]
}

# A system with this machine's loader and libc, by copies.
judge_system() {
	for judge_file in $(ldd /bin/sh | grep -o '/[^ ]*'); do
		mkdir -p "$judge/root$(dirname "$judge_file")"
		cp -L "$judge_file" "$judge/root$judge_file"
	done
	cp -L /bin/sh "$judge/root/bin/sh"
	mkdir -p "$judge/root/var/lib/dpkg"
	echo "$native" >"$judge/root/var/lib/dpkg/arch"
}

# One to three changes in the ELF header or the program headers of a copy. Its
# magic stays, and no object is made of it: both are no programs, and check does
# not list them among these.
# shellcheck disable=SC2016 # perl's dollars
judge_mutate='
	my ($files, $seed, $into, @seeds) = @ARGV;
	srand($seed);
	my @values = (0, 1, 2, 3, 4, 6, 7, 0x7f, 0xff, 0x1000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff);
	for my $i (1 .. $files) {
		open(my $f, "<:raw", $seeds[$i % @seeds]); local $/; my $b = <$f>; close $f;
		my $headers = 64 + 56 * unpack("v", substr($b, 56, 2));
		for (0 .. int(rand(3))) {
			my $at = 4 + int(rand($headers - 4));
			my $kind = int(rand(4));
			if ($kind == 0) { substr($b, $at, 1) = chr(ord(substr($b, $at, 1)) ^ (1 << int(rand(8)))) }
			elsif ($kind == 1) { substr($b, $at, 1) = chr(int(rand(256))) }
			elsif ($kind == 2) { substr($b, $at & ~3, 4) = pack("V", $values[int(rand(@values))]) }
			else { substr($b, $at & ~1, 2) = pack("v", $values[int(rand(@values))] & 0xffff) }
		}
		substr($b, 16, 2) = pack("v", 3) if unpack("v", substr($b, 16, 2)) == 1;
		$b = substr($b, 0, int(rand(length $b))) if rand() < 0.02;
		my $name = sprintf("%s/m%05d", $into, $i);
		open(my $o, ">:raw", $name); print $o $b; close $o; chmod(0755, $name);
	}'

judge_runner() {
	cat >"$judge/run.c" <<'C'
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
/* "NAME errno-N", "NAME signal-N" or "NAME ran" for each file m* of a directory. */
int main(int argc, char **argv)
{
	struct dirent **names;
	int count = argc > 1 && !chdir(argv[1]) ? scandir(".", &names, NULL, alphasort) : -1;
	for (int i = 0; i < count; i++) {
		int pipes[2], status, error = 0;
		char *args[] = { names[i]->d_name, NULL }, *environment[] = { NULL };
		if (names[i]->d_name[0] != 'm')
			continue;
		if (pipe2(pipes, O_CLOEXEC))
			return 1;
		fflush(stdout);
		pid_t child = fork();
		if (!child) {
			int null = open("/dev/null", O_RDWR);
			dup2(null, 0), dup2(null, 1), dup2(null, 2);
			alarm(2);
			execve(names[i]->d_name, args, environment);
			error = errno;
			if (write(pipes[1], &error, sizeof error) < 0)
				_exit(2);
			_exit(1);
		}
		close(pipes[1]);
		if (read(pipes[0], &error, sizeof error) != sizeof error)
			error = 0;
		close(pipes[0]);
		waitpid(child, &status, 0);
		if (error)
			printf("%s errno-%d\n", names[i]->d_name, error);
		else if (WIFSIGNALED(status))
			printf("%s signal-%d\n", names[i]->d_name, WTERMSIG(status));
		else if (WEXITSTATUS(status) == 7)
			printf("%s ran\n", names[i]->d_name);
		else
			printf("%s ended-%d\n", names[i]->d_name, WEXITSTATUS(status));
	}
	return 0;
}
C
	gcc -O1 -o "$judge/run" "$judge/run.c"
}
