/* A program of a few instructions that ends with 7, with code, data and zeros of its own and no libc. */
#if defined __aarch64__
#define END "mov x8, #93\nmov x0, #7\nsvc #0"
#elif defined __arm__
#define END ".type _start, %function\nmov r7, #1\nmov r0, #7\nsvc #0"
#elif defined __x86_64__
#define END "mov $60, %eax\nmov $7, %edi\nsyscall"
#elif defined __i386__
#define END "mov $1, %eax\nmov $7, %ebx\nint $0x80"
#else
/* Of machines that are only foreign. */
#define END ""
#endif
__asm__(".globl _start\n_start:\n" END);
int data[100] = { 1 }, zeros[5000];
int code(void) { return data[7] + zeros[9]; }
