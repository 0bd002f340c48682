#define UTS_RELEASE "6.6.8-lost"
