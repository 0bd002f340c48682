#define UTS_RELEASE "6.12.7-new"
