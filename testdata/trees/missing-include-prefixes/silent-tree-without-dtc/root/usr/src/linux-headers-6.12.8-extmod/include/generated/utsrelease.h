#define UTS_RELEASE "6.12.8-extmod"
