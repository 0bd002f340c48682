#define UTS_RELEASE "6.12.9-left"
