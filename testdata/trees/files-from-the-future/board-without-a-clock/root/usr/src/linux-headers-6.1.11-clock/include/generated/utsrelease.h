#define UTS_RELEASE "6.1.11-clock"
