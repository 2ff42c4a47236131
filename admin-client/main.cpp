#include "admin-client/admin_app.h"

int main(int argc, char **argv)
{
    return runApp<AdminApp>(argc, argv);
}
