#define UTS_RELEASE "6.6.13-sig"
