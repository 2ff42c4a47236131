#include "server/events/doorbell.h"

#include <QList>

#include <mutex>
#include <shared_mutex>

namespace {

struct Bells
{
    std::shared_mutex mutex;
    QList<const Doorbell::Listener *> listeners;
};

Bells &bells()
{
    static Bells all;
    return all;
}

} // namespace

Doorbell::Doorbell(Listener listener)
    : m_listener(std::move(listener))
{
    const std::unique_lock lock(bells().mutex);
    bells().listeners.append(&m_listener);
}

Doorbell::~Doorbell()
{
    const std::unique_lock lock(bells().mutex);
    bells().listeners.removeOne(&m_listener);
}

void Doorbell::ring(const QString &type)
{
    const std::shared_lock lock(bells().mutex);
    for (const Listener *listener : bells().listeners)
        (*listener)(type);
}
