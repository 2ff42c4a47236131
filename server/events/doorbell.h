#pragma once

#include <QString>

#include <functional>
#include <memory>

// Tells the buses of this process that a transaction which published has committed, so that consumers look at
// once. Process-wide, because whoever publishes should not have to know a bus. A ring that nobody hears is
// harmless.
class Doorbell
{
public:
    using Listener
        = std::function<void(const QString &type)>; // called on the publisher's thread; must not block

    explicit Doorbell(Listener listener);
    ~Doorbell(); // returns when the listener runs no more
    Doorbell(const Doorbell &) = delete;
    Doorbell &operator=(const Doorbell &) = delete;

    static void ring(const QString &type);

private:
    Listener m_listener;
};
