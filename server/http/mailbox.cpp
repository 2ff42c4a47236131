#include "server/http/mailbox.h"

#include <QMetaObject>
#include <QObject>

Mailbox::Mailbox(QObject *receiver, Deliver deliver)
    : m_thread(std::this_thread::get_id())
    , m_deliver(std::move(deliver))
    , m_receiver(receiver)
{
}

void Mailbox::post(Letter letter)
{
    if (std::this_thread::get_id() == m_thread) {
        if (m_deliver)
            m_deliver(std::move(letter));
        return;
    }
    const std::lock_guard lock(m_mutex);
    if (!m_receiver)
        return;
    m_letters.push_back(std::move(letter));
    // One wake-up takes all that has come by then.
    if (m_letters.size() == 1)
        QMetaObject::invokeMethod(
            m_receiver, [this] { deliverAll(); }, Qt::QueuedConnection
        );
}

void Mailbox::close()
{
    m_deliver = nullptr;
    const std::lock_guard lock(m_mutex);
    m_receiver = nullptr;
    m_letters.clear();
}

void Mailbox::deliverAll()
{
    std::vector<Letter> letters;
    {
        const std::lock_guard lock(m_mutex);
        letters.swap(m_letters);
    }
    for (Letter &letter : letters)
        m_deliver(std::move(letter));
}
