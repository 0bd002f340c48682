#define UTS_RELEASE "6.6.44-current-sunxi64"
