#include "server/services/notification/vendor_pool.h"

#include <algorithm>
#include <cmath>

using namespace std::chrono_literals;

namespace {

constexpr int mostDoublings = 16;
constexpr int failuresOfOneMissed = 5;

double secondsIn(std::chrono::milliseconds span)
{
    return std::chrono::duration<double>(span).count();
}

} // namespace

VendorPool::VendorPool(std::vector<Member> members, const Options &options)
    : m_options(options)
{
    for (Member &member : members) {
        Place place;
        place.tokens = burst(member);
        place.member = std::move(member);
        m_places.push_back(std::move(place));
    }
}

double VendorPool::burst(const Member &member)
{
    return std::max(1.0, member.perSecond);
}

double VendorPool::tokensAt(const Place &place, Instant now)
{
    const double gained = secondsIn(std::max(now - place.filledAt, 0ms)) * place.member.perSecond;
    return std::min(burst(place.member), place.tokens + gained);
}

bool VendorPool::isFree(const Place &place, Instant now)
{
    return (place.failures == 0 || now >= place.awayUntil)
        && (place.member.perSecond <= 0 || tokensAt(place, now) >= 1);
}

std::optional<VendorPool::Turn> VendorPool::next(Instant now, int most)
{
    Place *chosen = nullptr;
    for (Place &place : m_places) {
        if (!isFree(place, now))
            continue;
        const auto rank = [](const Place &each) {
            return std::pair(each.member.priority, -each.credit - each.member.weight);
        };
        if (!chosen || rank(place) < rank(*chosen))
            chosen = &place;
    }
    if (!chosen)
        return {};
    int limit = chosen->failures > 0 ? 1 : most;
    if (chosen->member.perSecond > 0) {
        chosen->tokens = tokensAt(*chosen, now);
        chosen->filledAt = now;
        limit = std::min(limit, static_cast<int>(chosen->tokens));
    }
    const auto member = static_cast<size_t>(chosen - m_places.data());
    return Turn { member, chosen->member.vendor.get(), limit };
}

void VendorPool::take(const Turn &turn, int messages)
{
    Place &taker = m_places.at(turn.member);
    taker.tokens -= messages;
    int all = 0;
    for (Place &place : m_places) {
        // Who was away for long has no claim to all that came meanwhile.
        if (place.member.priority != taker.member.priority || place.failures > 0)
            continue;
        all += place.member.weight;
        place.credit += place.member.weight * messages;
    }
    taker.credit -= all * messages;
}

void VendorPool::report(const Turn &turn, DeliveryOutcome outcome, Instant now)
{
    Place &place = m_places.at(turn.member);
    if (outcome != DeliveryOutcome::away && outcome != DeliveryOutcome::unknown) {
        place.failures = 0;
        return;
    }
    const auto pause = m_options.firstPause * (1 << std::min(place.failures, mostDoublings));
    ++place.failures;
    place.awayUntil = now + std::min<std::chrono::milliseconds>(pause, m_options.lastPause);
}

std::chrono::milliseconds VendorPool::pause(Instant now) const
{
    std::chrono::milliseconds least = m_options.lastPause;
    for (const Place &place : m_places) {
        if (isFree(place, now))
            return 0ms;
        auto span = place.failures > 0 ? std::max(place.awayUntil - now, 0ms) : 0ms;
        if (place.member.perSecond > 0) {
            const double missing = std::max(0.0, 1 - tokensAt(place, now)) / place.member.perSecond;
            span = std::max(span, std::chrono::milliseconds(std::lround(std::ceil(missing * 1000))));
        }
        least = std::min(least, span);
    }
    return std::max(least, 1ms);
}

bool VendorPool::isDeserted() const
{
    return std::ranges::all_of(m_places, [](const Place &place) { return place.failures > 0; });
}

QStringList VendorPool::missed() const
{
    QStringList names;
    for (const Place &place : m_places) {
        if (place.failures >= failuresOfOneMissed && place.member.vendor)
            names.append(place.member.vendor->name());
    }
    return names;
}
