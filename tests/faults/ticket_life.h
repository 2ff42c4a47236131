#pragma once

#include "shared/api/sla.h"
#include "shared/core/clock.h"
#include "tests/support/installation.h"

// Files tickets and takes each to where one can stay for months, so that time has something to do with it.
class TicketLife
{
public:
    explicit TicketLife(Installation &installation)
        : m_installation(installation)
        , m_customer(installation.customer())
        , m_product(installation.product())
        , m_nobodys(installation.productBut(m_product.skill))
        , m_experts(installation.hire(each * 3, m_product))
    {
    }

    // How many there are then.
    int unfold()
    {
        BlockingClient customer = m_installation.client(m_customer);
        for (int i = 0; i < each; ++i) {
            open(m_nobodys); // waits, and is escalated
            orEnd(customer.call<api::ticket::Cancel>({ open(m_nobodys) }, { text<500>() }));
            accepted(); // and nobody comes
            const auto [paused, journey] = accepted();
            const SystemClock clock;
            orEnd(m_installation.client(journey).call<api::ticket::Pause>(
                { paused }, { api::PauseReason::laterDay, {}, clock.now() + std::chrono::days(40) }
            ));
            const auto [done, repair] = accepted(); // closes after a fortnight
            BlockingClient expert = m_installation.client(repair);
            orEnd(expert.call<api::ticket::Depart>({ done }));
            orEnd(expert.call<api::ticket::Arrive>({ done }));
            orEnd(
                expert.call<api::ticket::Complete>({ done }, { api::CompletionOutcome::fixed, text<4000>() })
            );
            // Or else those that come back from a pause would be given to who does not answer.
            orEnd(expert.call<api::expert::SetAvailability>({}, { api::Availability::offDuty }));
        }
        return each * 5;
    }

private:
    static constexpr int each = 3;

    template <class T>
    static T orEnd(Result<T> result)
    {
        if (!result)
            qFatal("%s", qPrintable(result.error().detail));
        return *std::move(result);
    }

    template <int Length>
    static Text<1, Length> text()
    {
        return *Text<1, Length>::parse(QStringLiteral("as the test has it"));
    }

    api::TicketId open(const api::Product &product)
    {
        return orEnd(m_installation.client(m_customer)
                         .call<api::ticket::Open>(
                             {}, Installation::draft(product, QStringLiteral("It goes on"))
                         ))
            .id;
    }

    std::pair<api::TicketId, Installation::Person> accepted()
    {
        const api::TicketId id = open(m_product);
        const api::Ticket ticket
            = m_installation.await(m_installation.manager(), id, [](const api::Ticket &now) {
                  return now.state == api::TicketState::assigned;
              });
        const auto isTheirs = [&](const Installation::Person &person) {
            return ticket.expert && person.id == ticket.expert->id;
        };
        const auto expert = std::ranges::find_if(m_experts, isTheirs);
        if (expert == m_experts.end())
            qFatal("Nobody is asked: %s", qPrintable(ticket.waitingFor.value_or(QString())));
        orEnd(m_installation.client(*expert).call<api::ticket::Accept>({ id }));
        return { id, *expert };
    }

    Installation &m_installation;
    Installation::Person m_customer;
    api::Product m_product;
    api::Product m_nobodys;
    QList<Installation::Person> m_experts;
};
