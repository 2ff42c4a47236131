import { eventually } from './api.js';
import { assigned, done, fileTicket, newCustomer, newExpert, newPerson, nextPlace, productNamed } from './people.js';

// A ticket that was completed, and the link that its customer was sent: { id, link }.
export async function invitedToSurvey(server) {
    const place = nextPlace();
    const product = await productNamed(server, 'TV');
    const customer = await newCustomer(server, newPerson(place));
    const expert = await newExpert(server, { product, place });
    const { id } = await fileTicket(server, customer, product);
    await assigned(server, id);
    for (const action of ['accept', 'depart', 'arrive'])
        await expert.call('POST', `/tickets/${id}/${action}`);
    await expert.call('POST', `/tickets/${id}/complete`, done);
    const { items } = await eventually('the invitation', () => customer.api.call('GET', `/tickets/${id}/messages`),
        (answer) => answer.items.some(({ kind }) => kind === 'surveyInvitation'));
    const { text } = items.find(({ kind }) => kind === 'surveyInvitation');
    // In the mail it has the server's public address, which this one does not know.
    return { id, link: /\/survey#[\w-]+/.exec(text)[0] };
}
