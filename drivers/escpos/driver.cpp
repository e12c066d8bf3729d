#include "ports/driver.hpp"

namespace yijuan::drivers {

extern const Driver escpos;
const Driver escpos = {
    .name = "escpos",
    .summary = "receipt printers that speak ESC/POS, 58 and 80 mm",
};

}  // namespace yijuan::drivers
