#include "tests/support/installation.h"

#include <QTest>

#include <barrier>
#include <thread>

using namespace Qt::StringLiterals;

// Of everybody who says "mine" at the same instant, one is right, and the others learn who it is.
class AcceptRaceTest : public QObject
{
    Q_OBJECT

    static constexpr int rounds = 100;
    static constexpr int racers = 50;

private slots:
    void ofFiftyAcceptsAtOnceOneWinsAHundredTimes()
    {
        // Given two experts, each with 25 connections that are kept open over all rounds
        Installation installation;
        const api::Product product = installation.product();
        const QList<Installation::Person> experts = installation.hire(2, product);
        const Installation::Person customer = installation.customer();
        std::atomic<bool> isOver = false;
        api::TicketId ticket;
        std::array<BlockingClient::Answer, racers> answers;
        std::barrier lineUp(racers + 1);
        std::vector<std::jthread> threads;
        for (size_t i = 0; i < racers; ++i) {
            threads.emplace_back([&, i] {
                BlockingClient client = installation.client(experts.at(qsizetype(i % 2)));
                while (true) {
                    lineUp.arrive_and_wait();
                    if (isOver)
                        return;
                    const QString accept = u"/api/v1/tickets/%1/accept"_s.arg(ticket.toString());
                    answers[i] = client.send("POST", accept);
                    lineUp.arrive_and_wait();
                }
            });
        }
        const auto dismiss = qScopeGuard([&] {
            isOver = true;
            lineUp.arrive_and_wait();
        });

        for (int round = 0; round < rounds; ++round) {
            // Given a ticket that one of them was asked for, and that a manager then gave to the other
            const auto [loser, winner] = passedOn(installation, customer, product, experts, ticket);

            // When all accept it at once
            lineUp.arrive_and_wait();
            lineUp.arrive_and_wait();

            // Then one has it, and 49 are told who
            int won = 0;
            for (size_t i = 0; i < racers; ++i) {
                if (answers[i].status == 200) {
                    ++won;
                    QCOMPARE(experts.at(qsizetype(i % 2)).id, winner.id);
                    continue;
                }
                QCOMPARE(answers[i].status, 409);
                const QJsonObject holder = answers[i].json()[u"ticket"_s].toObject()[u"expert"_s].toObject();
                QCOMPARE(holder[u"id"_s].toString(), winner.id.toString());
                QCOMPARE(holder[u"name"_s].toString(), winner.name);
            }
            QCOMPARE(won, 1);
            finish(installation, winner, ticket);
        }
    }

private:
    // Files a ticket, waits until matching has given it to somebody, and gives it to the other expert by
    // hand.
    static std::pair<Installation::Person, Installation::Person> passedOn(
        Installation &installation,
        const Installation::Person &customer,
        const api::Product &product,
        const QList<Installation::Person> &experts,
        api::TicketId &ticket
    )
    {
        const auto filed = installation.client(customer).call<api::ticket::Open>(
            {}, Installation::draft(product, u"Who takes it?"_s)
        );
        if (!filed)
            qFatal("The ticket is not filed: %s", qPrintable(filed.error().detail));
        ticket = filed->id;
        const api::Ticket given
            = installation.await(installation.manager(), ticket, [](const api::Ticket &each) {
                  return each.state == api::TicketState::assigned;
              });
        if (!given.expert)
            qFatal("Nobody is asked: %s", qPrintable(given.waitingFor.value_or(QString())));
        const bool isFirst = given.expert->id == experts[0].id;
        const Installation::Person &loser = isFirst ? experts[0] : experts[1];
        const Installation::Person &winner = isFirst ? experts[1] : experts[0];
        const auto assigned
            = installation.client(installation.manager())
                  .call<api::ticket::Assign>({ ticket }, { winner.id, *Text<1, 500>::parse(u"closer"_s) });
        if (!assigned)
            qFatal("It is not passed on: %s", qPrintable(assigned.error().detail));
        return { loser, winner };
    }

    static void
    finish(const Installation &installation, const Installation::Person &expert, const api::TicketId &ticket)
    {
        BlockingClient client = installation.client(expert);
        if (!client.call<api::ticket::Depart>({ ticket }) || !client.call<api::ticket::Arrive>({ ticket })
            || !client.call<api::ticket::Complete>(
                { ticket }, { api::CompletionOutcome::fixed, *Text<1, 4000>::parse(u"New fuse."_s) }
            ))
            qFatal("The winner cannot do the job.");
    }
};

QTEST_GUILESS_MAIN(AcceptRaceTest)
#include "accept_race_test.moc"
