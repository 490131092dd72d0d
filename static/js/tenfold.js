// Entry module. A boosted navigation swaps #main only, so the <head> of the next page is never read:
// every widget is imported here, or imports its library lazily when it is connected.
import "tenfold/page";
import "tenfold/theme";
import "tenfold/toasts";
import "tenfold/player";
import "tenfold/keys";
import "tenfold/passkeys";
import "tenfold/receipt";
import "tenfold/uploader";
import "tenfold/waveform";
import "tenfold/songset";
import "tenfold/influence";
import "tenfold/mixer";
import "tenfold/compare";
import "tenfold/maker";
