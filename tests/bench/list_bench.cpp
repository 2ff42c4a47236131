#include "server/db/cluster.h"
#include "server/db/connection.h"
#include "server/db/database.h"
#include "server/db/embedded_migrations.h"
#include "server/db/migrator.h"
#include "server/services/ticket/ticket_store.h"
#include "tests/bench/figures.h"
#include "tests/bench/must.h"

#include <QCoreApplication>
#include <QRandomGenerator>
#include <QTemporaryDir>

using namespace Qt::StringLiterals;

// A manager's list of a million tickets: its first rows, its search, its number and a jump into the middle;
// each against what a plain list would do in the same database.
namespace {

constexpr int tickets = 1'000'000;

using Real = std::chrono::steady_clock;

// Two in a hundred are at work. Subjects are of three words out of 4,000, which are as unequally common as
// words are: one in three tickets has the first one, two in a million the last ones.
constexpr const char *fill = R"sql(
    insert into ticket.ticket (id, number, customer_id, filed_by, product_id, product_name, category, skill, minutes,
        priority, subject, description, contact_name, contact_phone, line1, city, us_state, zip, region, time_zone,
        state, coverage, coverage_reason, created_at, updated_at, stage_since, completed_at)
    select ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 100000 + n, gen_random_uuid(),
        gen_random_uuid(), gen_random_uuid(), 'Television ' || n % 40, 'led-tv', 'tv', 60, 'normal',
        'w' || floor(exp(random() * ln(4000))) || 'x w' || floor(exp(random() * ln(4000))) || 'x w'
            || floor(exp(random() * ln(4000))) || 'x',
        'It worked yesterday.', 'Customer ' || n % 5000, '+12125550100', '1 Main Street', 'City ' || n % 900, 'NY',
        lpad((n % 99999)::text, 5, '0'), (array['northeast', 'south', 'midwest', 'west'])[1 + n % 4],
        'America/New_York', case when n % 50 = 0 then 'open' else 'closed' end, 'covered', 'inPlan',
        '2026-01-01'::timestamptz + n * interval '25 s', '2026-01-01'::timestamptz + n * interval '25 s',
        '2026-01-01'::timestamptz + n * interval '25 s', null
    from generate_series($FIRST, $LAST) n
)sql";

const Statement byOffset { "bench.byOffset",
                           "select * from ticket.ticket order by id desc offset $1 limit 200" };
const Statement byPattern { "bench.byPattern", R"sql(
    select * from ticket.ticket where subject ilike '%' || $1 || '%' order by id desc limit 200
)sql" };
const Statement countAll { "bench.countAll", "select count(*) from ticket.ticket" };

class Bench
{
public:
    Bench()
        : m_cluster(must(ManagedCluster::start({ .dataDir = m_directory.path() })))
        , m_database({ .url = m_cluster->url() })
    {
        must(Migrator({ m_cluster->ownerUrl(), ManagedCluster::serverRole() }, embeddedMigrations()).migrate()
        );
        const auto owner = Connection::open(m_cluster->ownerUrl());
        if (!owner || !(*owner)->script("set statement_timeout = 0"))
            qFatal("The owner cannot log in.");
        for (int first = 1; first <= tickets; first += 50'000) {
            const QByteArray sql = QByteArray(fill)
                                       .replace("$FIRST", QByteArray::number(first))
                                       .replace("$LAST", QByteArray::number(first + 49'999));
            if (const auto done = (*owner)->script(sql); !done)
                qFatal("The tickets cannot be filed.");
        }
        for (const char *sql : { "vacuum analyze ticket.ticket", "vacuum analyze ticket.words" }) {
            if (const auto done = (*owner)->script(sql); !done)
                qFatal("%s", sql);
        }
    }

    void measure(Figures &figures)
    {
        const auto list = [](const TicketFilter &filter) {
            return [filter](Session &session) { must(ticket_store::list(session, filter)); };
        };
        figures.add(u"first 200 active, p50"_s, time(100, list(wanted({}, true)), 0.5), u"ms"_s);
        figures.add(u"first 200 active, p99"_s, time(200, list(wanted({}, true)), 0.99), u"ms"_s);

        for (const auto &[name, text] :
             { std::pair { u"a common word"_s, u"w1x"_s },
               std::pair { u"a word of one in a thousand"_s, u"w400x"_s },
               std::pair { u"a rare word"_s, u"w3999x"_s },
               std::pair { u"two words, one of them common"_s, u"w1x w3900x"_s } }) {
            const double plain = text.contains(u' ')
                ? 0
                : time(
                    3, [&](Session &session) { must(session.many<TicketRow>(byPattern, text)); }, 0.5
                );
            const auto search = list(wanted(text, {}));
            const double p50 = time(50, search, 0.5);
            if (plain > 0)
                figures.add(u"200 with %1, p50, against ilike"_s.arg(name), p50, u"ms"_s, plain);
            else
                figures.add(u"200 with %1, p50"_s.arg(name), p50, u"ms"_s);
            figures.add(u"200 with %1, p99"_s.arg(name), time(100, search, 0.99), u"ms"_s);
            figures.add(
                u"all with %1 counted, p50"_s.arg(name),
                time(
                    10, [&](Session &session) { must(ticket_store::ladder(session, wanted(text, {}))); }, 0.5
                ),
                u"ms"_s
            );
        }

        figures.add(
            u"the ladder of a million, against counting them"_s,
            time(
                10, [&](Session &session) { must(ticket_store::ladder(session, wanted({}, {}))); }, 0.5
            ),
            u"ms"_s,
            time(
                10, [](Session &session) { must(session.one<qint64>(countAll)); }, 0.5
            )
        );

        const api::TicketLadder ladder = must(m_database.transact("squad_ticket", [&](Session &session) {
            return ticket_store::ladder(session, wanted({}, {}));
        }));
        const auto jump = [&](Session &session) {
            TicketFilter filter = wanted({}, {});
            filter.before = ladder.ends.at(QRandomGenerator::global()->bounded(ladder.ends.size()));
            must(ticket_store::list(session, filter));
        };
        const auto offset = [](Session &session) {
            must(session.many<TicketRow>(byOffset, QRandomGenerator::global()->bounded(tickets)));
        };
        figures.add(
            u"200 anywhere in the million, p50, against OFFSET"_s,
            time(100, jump, 0.5),
            u"ms"_s,
            time(10, offset, 0.5)
        );
        figures.add(u"200 anywhere in the million, p99"_s, time(300, jump, 0.99), u"ms"_s);
    }

private:
    static TicketFilter wanted(const QString &text, std::optional<bool> active)
    {
        TicketFilter filter { .customer = {}, .expert = {}, .query = {}, .before = {}, .limit = 200 };
        filter.query.active = active;
        if (!text.isEmpty())
            filter.query.q = *Text<0, 100>::parse(text);
        return filter;
    }

    template <class Work>
    double time(int times, Work work, double part)
    {
        std::vector<double> took;
        for (int i = 0; i < times; ++i) {
            const Real::time_point begin = Real::now();
            must(m_database.transact("squad_ticket", [&](Session &session) -> Result<bool> {
                work(session);
                return true;
            }));
            took.push_back(std::chrono::duration<double, std::milli>(Real::now() - begin).count());
        }
        return percentile(took, part);
    }

    QTemporaryDir m_directory;
    std::unique_ptr<ManagedCluster> m_cluster;
    Database m_database;
};

} // namespace

int main(int argc, char **argv)
{
    const QCoreApplication app(argc, argv);
    Figures figures;
    Bench().measure(figures);
    return figures.report(QCoreApplication::arguments());
}
