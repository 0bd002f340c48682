#define GPIO 1
