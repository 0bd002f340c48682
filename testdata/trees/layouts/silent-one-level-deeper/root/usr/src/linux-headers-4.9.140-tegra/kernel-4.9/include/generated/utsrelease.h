#define UTS_RELEASE "4.9.140-tegra"
