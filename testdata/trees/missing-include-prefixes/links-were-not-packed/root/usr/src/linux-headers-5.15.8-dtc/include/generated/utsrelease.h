#define UTS_RELEASE "5.15.8-dtc"
