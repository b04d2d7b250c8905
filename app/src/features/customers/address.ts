import type { Customer } from '@/api/customers';

type Address = Pick<Customer, 'address' | 'district' | 'city' | 'region' | 'postal_code' | 'country'>;

/** An address in one line: in China from the province down to the room, elsewhere from there up to the country. */
export function addressLine({ address, district, city, region, postal_code, country }: Address): string {
  if (country === 'CN' || (country === '' && /[\u4e00-\u9fff]/.test(region + city + district + address))) {
    const whole = [region === city ? '' : region, city, district, address].join('');
    return [whole, postal_code].filter(Boolean).join(' ');
  }
  return [address, district, city, region, postal_code, country].filter(Boolean).join(', ');
}
