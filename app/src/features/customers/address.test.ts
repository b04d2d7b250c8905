import { addressLine } from './address';

const nowhere = { address: '', district: '', city: '', region: '', postal_code: '', country: '' };

describe('an address in one line', () => {
  it.each([
    ['', nowhere],
    ['上海市浦东新区世纪大道 100 号 200120', { address: '世纪大道 100 号', district: '浦东新区', city: '上海市', region: '上海市', postal_code: '200120', country: 'CN' }],
    ['浙江省杭州市', { ...nowhere, city: '杭州市', region: '浙江省' }],
    ['1 High Street, London, SW1A 1AA, GB', { ...nowhere, address: '1 High Street', city: 'London', postal_code: 'SW1A 1AA', country: 'GB' }],
  ])('%s', (line, address) => {
    expect(addressLine(address)).toBe(line);
  });
});
