#pragma once

#include "server/services/gateway/localities.h"

// What a request is about. People are apart because both systems have to know them while regions move.
enum class Capability { tickets, subscriptions, customers, experts };
enum class Access { read, write };

// Who answers: we, the monolith, or the monolith with us doing the same so that the answers can be compared.
enum class Handling { local, legacy, both };

// The routing controller: decides, per region and capability, which system a request belongs to (DESIGN.md,
// 5). Rolling a region back is a change of its route and nothing else.
class RoutingController
{
public:
    explicit RoutingController(const Localities &localities)
        : m_localities(localities)
    {
    }

    [[nodiscard]] Handling decide(const QString &region, Capability capability, Access access) const;
    [[nodiscard]] Handling decide(const ZipCode &zip, Capability capability, Access access) const
    {
        return decide(m_localities.resolve(zip).region, capability, access);
    }

private:
    const Localities &m_localities;
};
