#define UTS_RELEASE "6.1.9-has"
