// All journeys in one process, so that they share one server. Run through CTest, or:
//   SQUAD_SERVER=build/dev/server/sysops-server SQUAD_PAYMENT_VENDOR=build/dev/tests/doubles/payment_vendor/payment-vendor \
//       node --test tests/portal/portal_test.js
import './journeys/text.js';
import './journeys/follow.js';
import './journeys/hold.js';
import './journeys/file.js';
import './journeys/keyboard.js';
import './journeys/forms.js';
import './journeys/account.js';
import './journeys/bills.js';
import './journeys/cards.js';
import './journeys/devices.js';
import './journeys/survey.js';
import './journeys/tabs.js';
import './journeys/hostile.js';
import './journeys/outage.js';
import './journeys/look.js';
