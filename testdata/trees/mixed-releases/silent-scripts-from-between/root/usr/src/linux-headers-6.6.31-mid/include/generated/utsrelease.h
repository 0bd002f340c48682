#define UTS_RELEASE "6.6.31-mid"
