/*
 * run ROOT DIRECTORY...: what the kernel makes of each file m* of these
 * directories, inside ROOT, as nobody. A line each:
 *
 *   NAME errno-N    execve(2) failed
 *   NAME killed     the kernel killed it inside execve, after the point of no return
 *   NAME signal-N   it was started and then died
 *   NAME ended-N    it was started and ended with that status; "ran" for 7, which
 *                   is what the programs end with that were made for this
 *
 * The child is traced: a program that the kernel has started stops with SIGTRAP
 * before its first instruction. execve and never execvp is called: that one
 * would hand what the kernel refuses to a shell.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static int null;

static void limit(int resource, rlim_t most)
{
	struct rlimit both = { most, most };
	setrlimit(resource, &both);
}

static void child(char *name, int answer)
{
	char *args[] = { name, NULL }, *environment[] = { NULL };
	int error;
	dup2(null, 0), dup2(null, 1), dup2(null, 2);
	limit(RLIMIT_CORE, 0), limit(RLIMIT_CPU, 2), limit(RLIMIT_FSIZE, 1 << 20);
	alarm(4);
	ptrace(PTRACE_TRACEME, 0, NULL, NULL);
	execve(name, args, environment);
	error = errno;
	if (write(answer, &error, sizeof error) < 0)
		_exit(2);
	_exit(1);
}

static void start(char *name)
{
	int pipes[2], status = 0, error = 0, started = 0;
	if (pipe2(pipes, O_CLOEXEC))
		exit(1);
	fflush(stdout);
	pid_t pid = fork();
	if (!pid)
		child(name, pipes[1]);
	close(pipes[1]);
	while (waitpid(pid, &status, 0) == pid && WIFSTOPPED(status)) {
		int signal = WSTOPSIG(status);
		if (signal == SIGTRAP && !started)
			started = 1, signal = 0;
		ptrace(PTRACE_CONT, pid, NULL, signal);
	}
	if (read(pipes[0], &error, sizeof error) != sizeof error)
		error = 0;
	close(pipes[0]);
	if (error)
		printf("%s errno-%d\n", name, error);
	else if (!started)
		printf("%s killed\n", name);
	else if (WIFSIGNALED(status))
		printf("%s signal-%d\n", name, WTERMSIG(status));
	else if (WEXITSTATUS(status) == 7)
		printf("%s ran\n", name);
	else
		printf("%s ended-%d\n", name, WEXITSTATUS(status));
}

static void start_all(const char *directory)
{
	struct dirent **names;
	int count = chdir(directory) ? -1 : scandir(".", &names, NULL, alphasort);
	for (int i = 0; i < count; i++)
		if (names[i]->d_name[0] == 'm')
			start(names[i]->d_name);
}

int main(int argc, char **argv)
{
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (argc < 3 || null < 0 || chroot(argv[1]) || chdir("/"))
		return 1;
	if (setgroups(0, NULL) || setgid(65534) || setuid(65534) || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return 1;
	printf("pages %ld\n", sysconf(_SC_PAGESIZE));
	for (int i = 2; i < argc; i++)
		start_all(argv[i]);
	printf("end\n");
	return 0;
}
