import type { Text } from '../text.ts';

export const sharing: Text['sharing'] = {
  action: 'Share or hand over',
  title: (name: string) => `Share “${name}”`,
  visibility: 'Who sees it',
  visibilities: { everybody: 'Everybody', named: 'Some', own: 'Owner only' },
  visibilityHints: {
    everybody: 'Whoever may look at segments and tags sees it and may name it in rules.',
    named: 'Only these roles and colleagues see it; for the others it does not exist.',
    own: 'Only its owner and editors see it; for the others it does not exist; rules that already name it go on being computed.',
  },
  roles: 'Roles',
  colleagues: 'Colleagues',
  colleaguesPlaceholder: 'Choose by name',
  editors: 'Who changes it',
  editorsHint: 'Colleagues who may change its rule, members and values besides its owner and administrators.',
  editorsPlaceholder: 'Its owner only',
  owner: 'Owner',
  ownerHint: 'Choosing somebody else hands it over: sharing and changes are then up to them.',
  handOverQuestion: (name: string, to: string) => `Hand “${name}” over to ${to}?`,
  handOverHint: 'Afterwards only they and administrators can share it or hand it on.',
  handOver: 'Hand over',
  takeOver: 'Take over',
  runsAs: 'Runs with the right of',
  ownerUnknown: 'Nobody is known',
  runsAsHint:
    'It is looked at at each run whether the new owner may see what it names; from then on it runs with their right.',
  saved: 'Sharing saved',
  handedOver: (to: string) => `Handed over to ${to}`,
  named: 'Seen by named colleagues',
  own: 'Seen by owner and editors',
  hidden: 'Not shared with you',
};
