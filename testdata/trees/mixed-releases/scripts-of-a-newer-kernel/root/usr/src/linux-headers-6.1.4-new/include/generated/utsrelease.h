#define UTS_RELEASE "6.1.4-new"
