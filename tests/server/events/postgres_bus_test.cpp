#include "server/events/postgres_bus.h"

#include "server/db/connection.h"
#include "server/events/outbox.h"
#include "tests/server/events/bus_suite.h"

using namespace Qt::StringLiterals;

class PostgresBusTest : public BusSuite
{
    Q_OBJECT

protected:
    std::unique_ptr<EventBus> makeBus(TestDatabase &test, const BusTuning &tuning) override
    {
        PostgresBus::Options options { .url = test.url() };
        options.policy.attempts = tuning.attempts;
        options.policy.firstRetry = tuning.firstRetry;
        options.policy.lastRetry = tuning.lastRetry;
        options.policy.poll = tuning.poll;
        return std::make_unique<PostgresBus>(test.database(), options);
    }
};

QTEST_GUILESS_MAIN(PostgresBusTest)

#include "postgres_bus_test.moc"
