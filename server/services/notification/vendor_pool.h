#pragma once

#include "server/services/notification/message_vendor.h"

#include <memory>
#include <vector>

// Who of the vendors of a channel carries the next messages: the first by priority that is there and may be
// given more, by weight among equals. One that is away or silent is left alone for a while, which doubles,
// and then tried with a single message. Belongs to one thread.
//
// A message does not change from one vendor to the other while it is with one: what the first has certainly
// not taken waits in the ledger again, and whoever is next may carry it.
class VendorPool
{
public:
    struct Member
    {
        std::unique_ptr<MessageVendor> vendor;
        int priority = 0; // the lowest goes first
        int weight = 1; // share among those of the same priority
        double perSecond = 0; // that it may be given; 0: any number
    };

    struct Options
    {
        std::chrono::milliseconds firstPause { 1000 }; // while a vendor is away; doubled …
        std::chrono::milliseconds lastPause { 60'000 }; // … up to this
    };

    // So many messages may be given to this vendor now.
    struct Turn
    {
        size_t member = 0;
        MessageVendor *vendor = nullptr;
        int limit = 1;
    };

    VendorPool(std::vector<Member> members, const Options &options);

    [[nodiscard]] std::optional<Turn> next(Instant now, int most);
    void take(const Turn &turn, int messages); // were given to it
    void report(const Turn &turn, DeliveryOutcome outcome, Instant now);

    // Until somebody may be asked; none while somebody may.
    [[nodiscard]] std::chrono::milliseconds pause(Instant now) const;
    // Nobody is there: not even one that only has enough for now.
    [[nodiscard]] bool isDeserted() const;
    // Those who were looked for several times, and not found.
    [[nodiscard]] QStringList missed() const;

private:
    struct Place
    {
        Member member;
        int failures = 0; // in a row
        Instant awayUntil;
        double tokens = 0;
        Instant filledAt;
        double credit = 0; // what it is behind its share
    };

    [[nodiscard]] static double burst(const Member &member);
    [[nodiscard]] static double tokensAt(const Place &place, Instant now);
    [[nodiscard]] static bool isFree(const Place &place, Instant now);

    std::vector<Place> m_places;
    Options m_options;
};
