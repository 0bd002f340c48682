#define UTS_RELEASE "6.6.12-sig"
