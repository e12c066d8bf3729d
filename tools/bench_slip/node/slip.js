// The reference of bench_slip: a slip of 40 lines as bytes, with node-thermal-printer.
//   node slip.js SLIPS    makes as many, after a warm-up: "microseconds-per-slip bytes"
// Run with NODE_PATH pointing at the folder of the installed package.
'use strict';

const { ThermalPrinter, PrinterTypes, CharacterSet } = require('node-thermal-printer');

const printer = new ThermalPrinter({
  type: PrinterTypes.EPSON,
  interface: '/dev/null',
  characterSet: CharacterSet.CHINA,
  width: 32,
});

function slip() {
  printer.clear();
  printer.alignCenter();
  printer.bold(true);
  printer.println('示例县慈善总会');
  printer.bold(false);
  printer.println('捐赠凭条');
  printer.alignLeft();
  printer.drawLine();
  for (let line = 0; line < 12; ++line) printer.leftRight('编号', 'BOX01-AB12-000123');
  printer.drawLine();
  for (let line = 0; line < 24; ++line) printer.println('为山区学校的孩子们添置冬衣');
  printer.cut();
  return printer.getBuffer().length;
}

const warm = 500;
let size = 0;
for (let made = 0; made < warm; ++made) size = slip();
const slips = Number(process.argv[2]);
const begin = process.hrtime.bigint();
for (let made = 0; made < slips; ++made) size = slip();
const spent = Number(process.hrtime.bigint() - begin) / 1000;
console.log(spent / slips, size);
