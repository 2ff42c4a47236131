#pragma once

#include "shared/ui/staff_desk.h"

// What a signed-in administrator works with. Lives until the sign-out.
class AdminApp : public QObject
{
    Q_OBJECT
public:
    explicit AdminApp(Desktop &desktop);

    static AppIdentity identity();

private:
    StaffDesk m_desk;
};
